"""Routes of history, quality and confirmation: where a record comes from, how good it is, who stands behind it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.common import InCountry, InOneTransaction, Key, OfKind, RecordId
from services.actors.api.shaping import Shaped, one
from services.actors.model.confirming import Said
from services.actors.model.provenance import RecordKind
from services.actors.model.texts import read_uuid
from services.actors.schemas.parts import InitiativeRead, MembershipRead
from services.actors.schemas.provenance import ActorQualityRead, EntryRead, SayBody, ScoredRead
from services.actors.use_cases import confirming, provenance

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])

KINDS: dict[str, RecordKind] = {
    "actors": RecordKind.ACTOR, "memberships": RecordKind.MEMBERSHIP, "declarations": RecordKind.DECLARATION,
    "initiatives": RecordKind.INITIATIVE, "resources": RecordKind.RESOURCE, "capacities": RecordKind.CAPACITY,
    "practices": RecordKind.PRACTICE,
}  # fmt: skip

Noun = Annotated[
    Literal["actors", "memberships", "declarations", "initiatives", "resources", "capacities", "practices"], Path(description="Kind of record.")
]
LineVersion = Annotated[int, Path(ge=1, le=2**31 - 1, description="The line's version.")]


@router.get("/actors/{actor}/history", response_model=Page[EntryRead])
async def read_actor_history(actor: Key, request: Request, response: Response, work: InOneTransaction, paging: Paging) -> dict[str, Any]:
    """What happened to an organisation's record, newest first; also after it left the registry. For everybody."""
    known = read_uuid(actor)
    actor_id = known if known is not None else (await work.actors.get(actor)).id
    return listed(request, response, await provenance.history_of(work, RecordKind.ACTOR, actor_id, paging))


def _add_history(noun: str) -> None:
    async def read_history(record_id: RecordId, request: Request, response: Response, work: InOneTransaction, paging: Paging) -> dict[str, Any]:
        """What happened to a record, newest first; also after it left the registry. For everybody."""
        return listed(request, response, await provenance.history_of(work, KINDS[noun], record_id, paging))

    name = f"read_{KINDS[noun].value}_history"
    router.add_api_route(f"/{noun}/{{record_id}}/history", read_history, methods=["GET"], response_model=Page[EntryRead], name=name)


@router.delete("/history/{noun}/{record_id}/{version}", status_code=204)
async def clear_history_line(noun: Noun, record_id: RecordId, version: LineVersion, work: InOneTransaction) -> None:
    """Empty an earlier line of a record's history of its content, when somebody's private data was entered by mistake. For administrators."""
    await provenance.clear_line(work, KINDS[noun], record_id, version)


for _noun in list(KINDS)[1:]:
    _add_history(_noun)


@router.get("/actors/{actor}/quality", response_model=ActorQualityRead)
async def read_actor_quality(actor: Key, work: InOneTransaction) -> Shaped:
    """How good an organisation's record is, what would make it better, and which records about it are most worth improving. For everybody."""
    return await provenance.quality_of_actor(work, await work.actors.get(actor))


@router.get("/quality", response_model=Page[ScoredRead])
async def list_quality(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    record: Annotated[RecordKind, Query(description="Records of this kind.")] = RecordKind.ACTOR,
    country: Annotated[InCountry, Query(description="Only about actors of this country (ISO 3166-1 alpha-2).")] = None,
    kind: Annotated[OfKind, Query(description="Only about actors of this kind.")] = None,
) -> dict[str, Any]:
    """The records most worth improving, the lowest score first. For everybody. Resources belong to nobody alone: a filter finds none."""
    return listed(request, response, await provenance.worth_improving(work, record, paging, country, kind))


@router.post("/memberships/{membership_id}/confirm", response_model=MembershipRead)
async def confirm_membership(membership_id: RecordId, work: InOneTransaction, body: SayBody | None = None) -> Shaped:
    """A side says that a membership is true. For members of either side; coordinators and admins say on whose behalf."""
    return await one(work, await confirming.say_of_membership(work, membership_id, Said.CONFIRMED, body.on_behalf_of if body else None))


@router.post("/memberships/{membership_id}/refuse", response_model=MembershipRead)
async def refuse_membership(membership_id: RecordId, work: InOneTransaction, body: SayBody | None = None) -> Shaped:
    """A side says that a membership is not true. For members of either side; coordinators and admins say on whose behalf."""
    return await one(work, await confirming.say_of_membership(work, membership_id, Said.REFUSED, body.on_behalf_of if body else None))


Partner = Annotated[UUID, Path(description="Id of the partner.")]


@router.post("/initiatives/{initiative_id}/partners/{actor}/confirm", response_model=InitiativeRead)
async def confirm_partnership(initiative_id: RecordId, actor: Partner, work: InOneTransaction, body: SayBody | None = None) -> Shaped:
    """A side says that a partnership is true. For members of either side; coordinators and admins say on whose behalf."""
    return await one(work, await confirming.say_of_partnership(work, initiative_id, actor, Said.CONFIRMED, body.on_behalf_of if body else None))


@router.post("/initiatives/{initiative_id}/partners/{actor}/refuse", response_model=InitiativeRead)
async def refuse_partnership(initiative_id: RecordId, actor: Partner, work: InOneTransaction, body: SayBody | None = None) -> Shaped:
    """A side says that a partnership is not true. For members of either side; coordinators and admins say on whose behalf."""
    return await one(work, await confirming.say_of_partnership(work, initiative_id, actor, Said.REFUSED, body.on_behalf_of if body else None))
