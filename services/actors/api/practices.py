"""Routes of voluntary reception capacity and of kinds of practice, and cities side by side."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.context import locale
from chassis.edge import HubRoute
from chassis.paging import Page
from services.actors.api.common import KEY_PATTERN, InCountry, InOneTransaction, OfActor, RecordId, Version, id_of
from services.actors.api.listing import AskedList
from services.actors.api.shaping import Shaped, one, shaped
from services.actors.model.practices import practice_kinds
from services.actors.model.vocabulary import FIRST_DAY, LAST_DAY, Practice, Purpose
from services.actors.schemas.provenance import (
    CapacityCreate,
    CapacityRead,
    CapacityUpdate,
    ComparisonRead,
    PracticeCreate,
    PracticeKindsRead,
    PracticeRead,
    PracticeUpdate,
)
from services.actors.store import parts as stored
from services.actors.use_cases import comparing, parts
from services.actors.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


@router.get("/capacities", response_model=Page[CapacityRead])
async def list_capacities(
    asked: AskedList,
    municipality: Annotated[OfActor, Query(description="Only of this municipality: UUID or readable key.")] = None,
    purpose: Annotated[Purpose | None, Query(description="Only for this purpose.")] = None,
    country: InCountry = None,
    on: Annotated[date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Only what holds on this day.")] = None,
) -> Any:  # Any: FastAPI shapes it
    """How many people municipalities say they can receive; what begins last comes first. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        return stored.of_capacity(await id_of(work, municipality), purpose, country, on)

    return await asked.answer(lambda work: work.capacities, wanted)


@router.post("/capacities", status_code=201, response_model=CapacityRead)
async def record_capacity(body: CapacityCreate, work: InOneTransaction) -> Shaped:
    """Record a capacity. Periods of one municipality and purpose do not overlap. For the registry's editors and the municipality's members."""
    return await one(work, await parts.record_capacity(work, body.model_dump()))


@router.get("/capacities/{capacity_id}", response_model=CapacityRead)
async def read_capacity(capacity_id: RecordId, work: InOneTransaction) -> Shaped:
    """One capacity. For everybody."""
    return await one(work, await work.capacities.get(capacity_id))


@router.patch("/capacities/{capacity_id}", response_model=CapacityRead)
async def change_capacity(capacity_id: RecordId, body: CapacityUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a capacity. For the registry's editors and the municipality's members."""
    record = await parts.change_record(work, work.capacities, capacity_id, version, body.model_dump(exclude_unset=True))
    return await one(work, record)


@router.delete("/capacities/{capacity_id}", status_code=204)
async def remove_capacity(capacity_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a capacity. For the registry's editors and the municipality's members."""
    await parts.remove_record(work, work.capacities, capacity_id, version)


@router.get("/practice-kinds", response_model=PracticeKindsRead)
async def list_practice_kinds() -> dict[str, Any]:
    """The kinds of solidarity practice of cities, with names in seven languages and where each is named. For everybody."""
    reader = locale()
    rows = [
        {"code": kind.code, "group": kind.group, "name": kind.name_in(reader), "names": dict(kind.names), "source": kind.source}
        for kind in practice_kinds()
    ]
    return {"items": rows}


@router.get("/practices", response_model=Page[PracticeRead])
async def list_practices(
    asked: AskedList,
    actor: OfActor = None,
    practice: Annotated[Practice | None, Query(description="Only of this kind.")] = None,
    country: InCountry = None,
) -> Any:  # Any: as above
    """Which organisations have which kinds of practice. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        return stored.of_practice(await id_of(work, actor), practice, country)

    return await asked.answer(lambda work: work.practices, wanted)


@router.post("/practices", status_code=201, response_model=PracticeRead)
async def record_practice(body: PracticeCreate, work: InOneTransaction) -> Shaped:
    """Record that an organisation has a kind of practice, once each. For the registry's editors and the organisation's members."""
    return await one(work, await parts.record_practice(work, body.model_dump()))


@router.get("/practices/{practice_id}", response_model=PracticeRead)
async def read_practice(practice_id: RecordId, work: InOneTransaction) -> Shaped:
    """One practice. For everybody."""
    return await one(work, await work.practices.get(practice_id))


@router.patch("/practices/{practice_id}", response_model=PracticeRead)
async def change_practice(practice_id: RecordId, body: PracticeUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a practice. For the registry's editors and the organisation's members."""
    record = await parts.change_record(work, work.practices, practice_id, version, body.model_dump(exclude_unset=True))
    return await one(work, record)


@router.delete("/practices/{practice_id}", status_code=204)
async def remove_practice(practice_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a practice. For the registry's editors and the organisation's members."""
    await parts.remove_record(work, work.practices, practice_id, version)


@router.get("/compare", response_model=ComparisonRead)
async def compare_cities(
    work: InOneTransaction,
    actor: Annotated[
        list[Annotated[str, Query(pattern=KEY_PATTERN)]],
        Query(min_length=2, max_length=6, description="Two to six: UUID or readable key of each.", examples=[["bologna-it", "ghent-be"]]),
    ],
) -> Shaped:
    """Cities side by side: practices, themes of initiatives, networks, declarations, places of reception, quality. For everybody."""
    cities = [await comparing.city(work, await work.actors.get(key)) for key in dict.fromkeys(actor)]
    for shown in cities:
        shown["practices"] = await shaped(work, shown["practices"])
        shown["declarations"] = await shaped(work, shown["declarations"])
    return {"day": work.now.date(), "cities": cities}
