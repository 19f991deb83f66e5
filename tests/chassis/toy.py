"""A toy service on the chassis: a bell that can be hung and rung. It exists to test the chassis before and beside the real services."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from pydantic import Field
from sqlalchemy import Column, Integer, String, Table, Uuid, insert, select, update

from chassis.edge import HubRoute, caller_of, edge_work, if_match
from chassis.errors import Conflict, NotFound, PreconditionFailed
from chassis.ids import new_id
from chassis.outbox import EVERYBODY
from chassis.service import Service
from chassis.settings import ServiceSettings
from chassis.tables import UTCDateTime, add_ledger, new_registry
from chassis.web import Body
from chassis.work import Work, utc_now
from contracts.envelope import Event

registry = new_registry()
metadata = registry.metadata
ledger = add_ledger(metadata)
bell = Table(
    "bell",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("rung", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("hung_at", UTCDateTime, nullable=False),
)
echo = Table("echo", metadata, Column("bell_id", Uuid, primary_key=True), Column("heard", Integer, nullable=False))


class BellHungV1(Event):
    """Emitted when a bell was hung."""

    type_name: ClassVar[str] = "hub.actors.bell.hung.v1"
    about: ClassVar[str] = "bell_id"
    bell_id: UUID
    version: int


class BellIsCracked(Conflict):
    """The bell cannot be rung."""


class NewBell(Body):
    name: str = Field(min_length=1, max_length=60)


router = APIRouter(route_class=HubRoute)
InWork = Annotated[Work, Depends(edge_work)]


@router.post("/bells", status_code=201)
async def hang_bell(body: NewBell, work: InWork) -> dict[str, Any]:
    """Hang a bell."""
    bell_id = new_id()
    await work.session.execute(insert(bell).values(id=bell_id, name=body.name, rung=0, version=1, hung_at=work.now))
    await work.outbox.add(BellHungV1(bell_id=bell_id, version=1), EVERYBODY)
    await work.audit.record("bell.hung", "bell", bell_id)
    if body.name == "cracked":
        raise BellIsCracked("This bell is cracked; choose another.")
    if body.name == "broken":
        raise RuntimeError("secret words of a person")
    return {"id": str(bell_id), "version": 1}


@router.get("/bells/{bell_id}")
async def see_bell(bell_id: UUID, work: InWork) -> dict[str, Any]:
    """One bell."""
    row = (await work.session.execute(select(bell).where(bell.c.id == bell_id))).first()
    if row is None:
        raise NotFound("No such bell.")
    return {"id": str(row.id), "name": row.name, "rung": row.rung, "version": row.version, "hung_at": row.hung_at.isoformat()}


@router.put("/bells/{bell_id}")
async def rename_bell(bell_id: UUID, body: NewBell, version: Annotated[int, Depends(if_match)], work: InWork) -> dict[str, Any]:
    """Another name for the version that was read."""
    done = await work.session.execute(update(bell).where(bell.c.id == bell_id, bell.c.version == version).values(name=body.name, version=version + 1))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise PreconditionFailed("Somebody changed this bell in the meantime; read it again.")
    return {"id": str(bell_id), "version": version + 1}


@router.get("/whoami")
async def whoami(request: Request, response: Response) -> dict[str, Any]:
    """The caller as the service sees them."""
    caller = caller_of(request)
    return {"kind": caller.kind, "id": caller.id, "role": caller.role}


async def bell_hung(work: Work, event: BellHungV1) -> None:
    """Remember that a bell was heard of; the count shows repeats."""
    row = (await work.session.execute(select(echo.c.heard).where(echo.c.bell_id == event.bell_id))).first()
    if row is None:
        await work.session.execute(insert(echo).values(bell_id=event.bell_id, heard=1))
    else:
        await work.session.execute(update(echo).where(echo.c.bell_id == event.bell_id).values(heard=row.heard + 1))
    if event.version == 13:
        raise RuntimeError("never works")


class ToyService(Service[Work, None]):
    """A service whose tables are made at once instead of migrated."""

    async def check(self) -> None:
        """Durability only."""
        await self.database.check_durability()


async def make_tables(service: ToyService) -> None:
    """Create the toy's tables."""
    async with service.database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


def build(name: str, settings: dict[str, Any], clock: Any = utc_now) -> tuple[ToyService, FastAPI]:
    """The toy under a service's name; `matching` listens to what `actors` tells."""
    service = ToyService(
        name=name,
        settings=ServiceSettings(**settings),
        ledger=ledger,
        work=Work,
        handlers={BellHungV1: bell_hung},
        timers=(),
        resources=None,
        clock=clock,
    )
    return service, service.app(title="Toy", description="Bells.", routers=[router])
