"""Routes of memberships, declarations, initiatives and resources."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.caching import unchanged
from services.actors.api.common import InCountry, InOneTransaction, OfActor, OfTheme, RecordId, Version, Words, id_of
from services.actors.api.interchange.changes import ModifiedAfter, page_or_changes
from services.actors.api.shaping import Shaped, many, one
from services.actors.model.search import Sought
from services.actors.model.vocabulary import FIRST_YEAR, LAST_YEAR, Confirmation, DeclarationType, MembershipRole, ResourceKind
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
    ResourceCreate,
    ResourceRead,
    ResourceUpdate,
)
from services.actors.store import parts as stored
from services.actors.use_cases import parts

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])


@router.get("/memberships", response_model=Page[MembershipRead])
async def list_memberships(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    network: Annotated[OfActor, Query(description="Only members of this network: UUID or readable key.")] = None,
    member: Annotated[OfActor, Query(description="Only networks of this member: UUID or readable key.")] = None,
    actor: Annotated[OfActor, Query(description="Where this actor is either: UUID or readable key.")] = None,
    role: Annotated[MembershipRole | None, Query(description="Only in this role.")] = None,
    confirmed: Annotated[Confirmation | None, Query(description="Only in this state of confirmation by the two sides.")] = None,
    unconfirmed_by: Annotated[OfActor, Query(description="Only where this actor is a side and has said nothing yet.")] = None,
    modified_after: ModifiedAfter = None,
) -> Any:  # Any: FastAPI shapes it
    """Who belongs to which network. For everybody."""
    if modified_after is None and (same := await unchanged(request, response, work)) is not None:
        return same
    sides = await id_of(work, network), await id_of(work, member), await id_of(work, actor)
    conditions = stored.of_membership(*sides, role, confirmed, await id_of(work, unconfirmed_by))
    page = await page_or_changes(response, work, work.memberships, paging, modified_after, conditions)
    return listed(request, response, await many(work, page))


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
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    municipality: Annotated[OfActor, Query(description="Only of this municipality: UUID or readable key.")] = None,
    type: Annotated[DeclarationType | None, Query(description="Only of this type.")] = None,
    country: InCountry = None,
    since: Annotated[int | None, Query(ge=1800, le=2100, description="Only from this year on.")] = None,
    modified_after: ModifiedAfter = None,
) -> Any:  # Any: FastAPI shapes it
    """What municipalities declared, newest first. For everybody."""
    if modified_after is None and (same := await unchanged(request, response, work)) is not None:
        return same
    conditions = stored.of_declaration(await id_of(work, municipality), type, country, since)
    page = await page_or_changes(response, work, work.declarations, paging, modified_after, conditions)
    return listed(request, response, await many(work, page))


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
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    actor: Annotated[OfActor, Query(description="Only those it runs or is a partner of: UUID or readable key.")] = None,
    theme: OfTheme = None,
    q: Words = None,
    unconfirmed_by: Annotated[OfActor, Query(description="Only with partners, where this actor is a side and has said nothing yet.")] = None,
    modified_after: ModifiedAfter = None,
) -> Any:  # Any: FastAPI shapes it
    """What actors run or ran, by title. For everybody."""
    if modified_after is None and (same := await unchanged(request, response, work)) is not None:
        return same
    conditions = stored.of_initiative(await id_of(work, actor), theme, await id_of(work, unconfirmed_by))
    if q is not None:
        conditions.append(await work.finder.having(Sought.INITIATIVE, work.initiatives.row.id, q))
    page = await page_or_changes(response, work, work.initiatives, paging, modified_after, conditions)
    return listed(request, response, await many(work, page))


@router.post("/initiatives", status_code=201, response_model=InitiativeRead)
async def record_initiative(body: InitiativeCreate, work: InOneTransaction) -> Shaped:
    """Record an initiative. For the registry's editors, and for members of the actor that runs it."""
    return await one(work, await parts.record_initiative(work, _lists_fixed(body.model_dump(exclude={"slug"})), body.slug))


@router.get("/initiatives/{initiative_id}", response_model=InitiativeRead)
async def read_initiative(initiative_id: RecordId, work: InOneTransaction) -> Shaped:
    """One initiative. For everybody."""
    return await one(work, await work.initiatives.get(initiative_id))


@router.patch("/initiatives/{initiative_id}", response_model=InitiativeRead)
async def change_initiative(initiative_id: RecordId, body: InitiativeUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change an initiative. For the registry's editors, and for members of the actor that runs it."""
    changes = _lists_fixed(body.model_dump(exclude_unset=True))
    record = await parts.change_record(work, work.initiatives, initiative_id, version, changes)
    return await one(work, record)


@router.delete("/initiatives/{initiative_id}", status_code=204)
async def remove_initiative(initiative_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove an initiative. For the registry's editors, and for members of the actor that runs it."""
    await parts.remove_record(work, work.initiatives, initiative_id, version)


@router.get("/resources", response_model=Page[ResourceRead])
async def list_resources(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    actor: Annotated[OfActor, Query(description="Only those that name this actor: UUID or readable key.")] = None,
    theme: OfTheme = None,
    kind: Annotated[ResourceKind | None, Query(description="Only of this kind.")] = None,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Only of this year.")] = None,
    q: Words = None,
    modified_after: ModifiedAfter = None,
) -> Any:  # Any: FastAPI shapes it
    """Reports, articles, books and pages, by title. For everybody."""
    if modified_after is None and (same := await unchanged(request, response, work)) is not None:
        return same
    conditions = stored.of_resource(await id_of(work, actor), theme, kind, year)
    if q is not None:
        conditions.append(await work.finder.having(Sought.RESOURCE, work.resources.row.id, q))
    page = await page_or_changes(response, work, work.resources, paging, modified_after, conditions)
    return listed(request, response, await many(work, page))


@router.post("/resources", status_code=201, response_model=ResourceRead)
async def record_resource(body: ResourceCreate, work: InOneTransaction) -> Shaped:
    """Record a resource. For the registry's editors."""
    return await one(work, await parts.record_resource(work, _lists_fixed(body.model_dump(exclude={"slug"})), body.slug))


@router.get("/resources/{resource_id}", response_model=ResourceRead)
async def read_resource(resource_id: RecordId, work: InOneTransaction) -> Shaped:
    """One resource. For everybody."""
    return await one(work, await work.resources.get(resource_id))


@router.patch("/resources/{resource_id}", response_model=ResourceRead)
async def change_resource(resource_id: RecordId, body: ResourceUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a resource. For the registry's editors."""
    changes = _lists_fixed(body.model_dump(exclude_unset=True))
    record = await parts.change_record(work, work.resources, resource_id, version, changes)
    return await one(work, record)


@router.delete("/resources/{resource_id}", status_code=204)
async def remove_resource(resource_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a resource. For the registry's editors."""
    await parts.remove_record(work, work.resources, resource_id, version)


def _lists_fixed(fields: dict[str, Any]) -> dict[str, Any]:
    """Lists as tuples, since records are frozen."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
