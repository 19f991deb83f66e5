"""Routes of memberships, declarations and initiatives; resources have theirs in `resources`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from chassis.edge import HubRoute
from chassis.paging import Page
from services.actors.api.common import InCountry, InOneTransaction, OfActor, OfTheme, RecordId, Version, Words, id_of
from services.actors.api.listing import AskedList, lists_fixed
from services.actors.api.shaping import Shaped, one
from services.actors.model.search import Sought
from services.actors.model.vocabulary import Confirmation, DeclarationType, MembershipRole
from services.actors.schemas.parts import (
    DeclarationCreate,
    DeclarationRead,
    DeclarationUpdate,
    InitiativeCreate,
    InitiativeRead,
    InitiativeUpdate,
    MembershipCreate,
    MembershipRead,
    MembershipUpdate,
)
from services.actors.store import parts as stored
from services.actors.use_cases import parts
from services.actors.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


@router.get("/memberships", response_model=Page[MembershipRead])
async def list_memberships(
    asked: AskedList,
    network: Annotated[OfActor, Query(description="Only members of this network: UUID or readable key.")] = None,
    member: Annotated[OfActor, Query(description="Only networks of this member: UUID or readable key.")] = None,
    actor: Annotated[OfActor, Query(description="Where this actor is either: UUID or readable key.")] = None,
    role: Annotated[MembershipRole | None, Query(description="Only in this role.")] = None,
    confirmed: Annotated[Confirmation | None, Query(description="Only in this state of confirmation by the two sides.")] = None,
    unconfirmed_by: Annotated[OfActor, Query(description="Only where this actor is a side and has said nothing yet.")] = None,
) -> Any:  # Any: FastAPI shapes it
    """Who belongs to which network. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        sides = await id_of(work, network), await id_of(work, member), await id_of(work, actor)
        return stored.of_membership(*sides, role, confirmed, await id_of(work, unconfirmed_by))

    return await asked.answer(lambda work: work.memberships, wanted)


@router.post("/memberships", status_code=201, response_model=MembershipRead)
async def record_membership(body: MembershipCreate, work: InOneTransaction) -> Shaped:
    """Record a membership. For the registry's editors, and for members of either side."""
    return await one(work, await parts.record_membership(work, body.model_dump()))


@router.get("/memberships/{membership_id}", response_model=MembershipRead)
async def read_membership(membership_id: RecordId, work: InOneTransaction) -> Shaped:
    """One membership. For everybody."""
    return await one(work, await work.memberships.get(membership_id))


@router.patch("/memberships/{membership_id}", response_model=MembershipRead)
async def change_membership(membership_id: RecordId, body: MembershipUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a membership. For the registry's editors, and for members of either side."""
    record = await parts.change_record(work, work.memberships, membership_id, version, body.model_dump(exclude_unset=True))
    return await one(work, record)


@router.delete("/memberships/{membership_id}", status_code=204)
async def remove_membership(membership_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a membership. For the registry's editors, and for members of either side."""
    await parts.remove_record(work, work.memberships, membership_id, version)


@router.get("/declarations", response_model=Page[DeclarationRead])
async def list_declarations(
    asked: AskedList,
    municipality: Annotated[OfActor, Query(description="Only of this municipality: UUID or readable key.")] = None,
    type: Annotated[DeclarationType | None, Query(description="Only of this type.")] = None,
    country: InCountry = None,
    since: Annotated[int | None, Query(ge=1800, le=2100, description="Only from this year on.")] = None,
) -> Any:  # Any: FastAPI shapes it
    """What municipalities declared, newest first. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        return stored.of_declaration(await id_of(work, municipality), type, country, since)

    return await asked.answer(lambda work: work.declarations, wanted)


@router.post("/declarations", status_code=201, response_model=DeclarationRead)
async def record_declaration(body: DeclarationCreate, work: InOneTransaction) -> Shaped:
    """Record a declaration. For the registry's editors, and for members of the municipality."""
    return await one(work, await parts.record_declaration(work, body.model_dump()))


@router.get("/declarations/{declaration_id}", response_model=DeclarationRead)
async def read_declaration(declaration_id: RecordId, work: InOneTransaction) -> Shaped:
    """One declaration. For everybody."""
    return await one(work, await work.declarations.get(declaration_id))


@router.patch("/declarations/{declaration_id}", response_model=DeclarationRead)
async def change_declaration(declaration_id: RecordId, body: DeclarationUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a declaration. For the registry's editors, and for members of the municipality."""
    record = await parts.change_record(work, work.declarations, declaration_id, version, body.model_dump(exclude_unset=True))
    return await one(work, record)


@router.delete("/declarations/{declaration_id}", status_code=204)
async def remove_declaration(declaration_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a declaration. For the registry's editors, and for members of the municipality."""
    await parts.remove_record(work, work.declarations, declaration_id, version)


@router.get("/initiatives", response_model=Page[InitiativeRead])
async def list_initiatives(
    asked: AskedList,
    actor: Annotated[OfActor, Query(description="Only those it runs or is a partner of: UUID or readable key.")] = None,
    theme: OfTheme = None,
    q: Words = None,
    unconfirmed_by: Annotated[OfActor, Query(description="Only with partners, where this actor is a side and has said nothing yet.")] = None,
) -> Any:  # Any: FastAPI shapes it
    """What actors run or ran, by title. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        found = stored.of_initiative(await id_of(work, actor), theme, await id_of(work, unconfirmed_by))
        return found if q is None else [*found, await work.finder.having(Sought.INITIATIVE, work.initiatives.row.id, q)]

    return await asked.answer(lambda work: work.initiatives, wanted)


@router.post("/initiatives", status_code=201, response_model=InitiativeRead)
async def record_initiative(body: InitiativeCreate, work: InOneTransaction) -> Shaped:
    """Record an initiative. For the registry's editors, and for members of the actor that runs it."""
    return await one(work, await parts.record_initiative(work, lists_fixed(body.model_dump(exclude={"slug"})), body.slug))


@router.get("/initiatives/{initiative_id}", response_model=InitiativeRead)
async def read_initiative(initiative_id: RecordId, work: InOneTransaction) -> Shaped:
    """One initiative. For everybody."""
    return await one(work, await work.initiatives.get(initiative_id))


@router.patch("/initiatives/{initiative_id}", response_model=InitiativeRead)
async def change_initiative(initiative_id: RecordId, body: InitiativeUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change an initiative. For the registry's editors, and for members of the actor that runs it."""
    changes = lists_fixed(body.model_dump(exclude_unset=True))
    record = await parts.change_record(work, work.initiatives, initiative_id, version, changes)
    return await one(work, record)


@router.delete("/initiatives/{initiative_id}", status_code=204)
async def remove_initiative(initiative_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove an initiative. For the registry's editors, and for members of the actor that runs it."""
    await parts.remove_record(work, work.initiatives, initiative_id, version)
