"""Rounds: many needs at once."""

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.matching import schemas
from services.matching.api.common import InOneTransaction, Version, Who, place_of, reason_read
from services.matching.engine.problem import Pair, RoundPair
from services.matching.engine.types import Verdict
from services.matching.model.round import NeedFilter, Round
from services.matching.schemas import RoundRead
from services.matching.use_cases import rounds as do

router = APIRouter(prefix="/api/v1/rounds", route_class=HubRoute)


def round_read(made: Round, scored: Mapping[Pair, Verdict] = MappingProxyType({})) -> RoundRead:
    """A round as answered; planned pairs with their parts where `scored` has them."""
    plan, near = made.plan, made.needs.near
    return RoundRead(
        id=made.id,
        version=made.version,
        state=made.state.value,
        seconds=made.seconds,
        needs={
            "categories": sorted(made.needs.categories),
            "urgencies": sorted(made.needs.urgencies),
            "ids": sorted(str(each) for each in made.needs.need_ids),
            "near": {"lat": near.lat, "lon": near.lon} if near else None,
            "radius_km": made.needs.radius_km,
        },
        pinned=_pairs_read(made.pinned),
        forbidden=_pairs_read(made.forbidden),
        seats=[_seat_read(seat, scored.get(seat.key)) for seat in plan.seats] if plan else [],
        unplaced=[{"need_id": each.need_id, "code": each.reason.code, "why": reason_read(each.reason)["text"]} for each in plan.unplaced]
        if plan
        else [],
        pins_lost=[{"need_id": each.need_id, "offer_id": each.offer_id, "code": each.code} for each in plan.pins_lost] if plan else [],
        certificate=asdict(plan.certificate) if plan else None,
        greedy_value=plan.greedy_value if plan else None,
        matches=list(made.match_ids),
        not_applied=[{"need_id": each.need_id, "offer_id": each.offer_id, "reason": each.reason.value} for each in made.not_applied],
        failure=made.failure.value if made.failure else None,
        created_at=made.created_at,
        updated_at=made.updated_at,
    )


def _seat_read(seat: RoundPair, verdict: Verdict | None) -> schemas.SeatRead:
    plain = schemas.SeatRead(need_id=seat.need_id, offer_id=seat.offer_id, value=seat.value)
    if verdict is None:
        return plain
    parts = [
        schemas.PartRead(name=part.name, points=part.points, weight=part.weight, reason=schemas.ReasonRead(**reason_read(part.reason)))
        for part in verdict.parts
    ]
    return plain.model_copy(update={"score": verdict.score, "eligible": verdict.eligible, "parts": parts})


def _pairs_read(pairs: frozenset[Pair]) -> list[dict[str, UUID]]:
    return [{"need_id": need_id, "offer_id": offer_id} for need_id, offer_id in sorted(pairs)]


def _pairs(bodies: list[schemas.PairBody]) -> frozenset[Pair]:
    return frozenset((body.need_id, body.offer_id) for body in bodies)


@router.post("", status_code=202)
async def start_round(body: schemas.RoundCreate, work: InOneTransaction) -> RoundRead:
    """Begin a round over the open needs that the caller may see; it is solved beside, so ask for it again in a moment."""
    chosen = NeedFilter(
        frozenset(body.needs.categories),
        frozenset(body.needs.urgencies),
        frozenset(body.needs.ids),
        place_of(body.needs.near),
        body.needs.radius_km,
    )
    return round_read(await do.start_round(work, chosen, body.seconds, _pairs(body.pinned), _pairs(body.forbidden)))


@router.get("", response_model=Page[RoundRead])
async def list_rounds(request: Request, response: Response, work: InOneTransaction, who: Who, page: Paging) -> dict[str, Any]:
    """Rounds of the caller's team, newest first."""
    return listed(request, response, (await work.rounds.listed(who, page)).map(round_read))


@router.get("/{round_id}")
async def read_round(round_id: UUID, work: InOneTransaction, who: Who) -> RoundRead:
    """One round with its plan; each planned pair with its score and parts as they are now."""
    made, _ = await work.rounds.seen(round_id, who)
    return round_read(made, await do.explain_seats(work, made))


@router.patch("/{round_id}")
async def edit_round(round_id: UUID, body: schemas.RoundUpdate, version: Version, work: InOneTransaction) -> RoundRead:
    """Set other pins and bans; the round is solved again."""
    return round_read(await do.edit_round(work, round_id, version, _pairs(body.pinned), _pairs(body.forbidden), body.seconds))


@router.post("/{round_id}/apply")
async def apply_round(round_id: UUID, work: InOneTransaction) -> RoundRead:
    """Make matches of the plan in one transaction; what is no longer possible is reported, not forced."""
    return round_read(await do.apply_round(work, round_id))
