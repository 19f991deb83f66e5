"""Rounds: many needs at once."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.matching import schemas
from services.matching.api.common import InOneTransaction, Version, Who, place_of, reason_read
from services.matching.engine.plan import Certificate, gap_of
from services.matching.engine.problem import Pair, RoundPair
from services.matching.engine.types import Verdict
from services.matching.model.round import NeedFilter, Round, RoundState, Wishes
from services.matching.schemas import RoundRead
from services.matching.schemas import rounds as shown
from services.matching.use_cases import round_apply
from services.matching.use_cases import rounds as do

router = APIRouter(prefix="/api/v1/rounds", route_class=HubRoute)


def round_read(made: Round, scored: Mapping[Pair, Verdict] = MappingProxyType({})) -> RoundRead:
    """A round as answered; planned pairs with their parts where `scored` has them."""
    plan, near = made.plan, made.needs.near
    return RoundRead(
        id=made.id,
        version=made.version,
        state=made.state.value,
        seconds=made.wishes.seconds,
        needs={
            "categories": sorted(made.needs.categories),
            "urgencies": sorted(made.needs.urgencies),
            "ids": sorted(str(each) for each in made.needs.need_ids),
            "near": {"lat": near.lat, "lon": near.lon} if near else None,
            "radius_km": made.needs.radius_km,
        },
        pinned=_pairs_read(made.wishes.pinned),
        forbidden=_pairs_read(made.wishes.forbidden),
        excluded_needs=sorted(made.wishes.without_needs),
        excluded_offers=sorted(made.wishes.without_offers),
        progress=shown.ProgressRead(**asdict(made.progress)) if made.progress else None,
        stopping=made.stopping,
        weights=made.weights,
        seats=[_seat_read(seat, scored.get(seat.key)) for seat in plan.seats] if plan else [],
        unplaced=[{"need_id": each.need_id, "code": each.reason.code, "why": reason_read(each.reason)["text"]} for each in plan.unplaced]
        if plan
        else [],
        pins_lost=[{"need_id": each.need_id, "offer_id": each.offer_id, "code": each.code} for each in plan.pins_lost] if plan else [],
        certificate=_certificate_read(plan.certificate) if plan else None,
        greedy_value=plan.greedy_value if plan else None,
        compared=shown.ComparedRead.model_validate(asdict(made.compared)) if made.compared else None,
        changed=_changed_read(made),
        matches=list(made.match_ids),
        not_applied=[{"need_id": each.need_id, "offer_id": each.offer_id, "reason": each.reason.value} for each in made.not_applied],
        failure=made.failure.value if made.failure else None,
        created_at=made.created_at,
        updated_at=made.updated_at,
    )


def _certificate_read(certificate: Certificate) -> shown.CertificateRead:
    levels = [{**asdict(level), "gap": gap_of(level.value, level.bound)} for level in certificate.levels]
    return shown.CertificateRead.model_validate({**asdict(certificate), "levels": levels})


def _changed_read(made: Round) -> shown.ChangedRead | None:
    changed = made.changed()
    if changed is None:
        return None
    return shown.ChangedRead(
        added=_pairs_read(changed.added),
        removed=_pairs_read(changed.removed),
        moved=[shown.MovedRead(need_id=need, from_offer_id=before, to_offer_id=now) for need, before, now in changed.moved],
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


def _pairs_read(pairs: Iterable[Pair]) -> list[dict[str, UUID]]:
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
    wishes = Wishes(_pairs(body.pinned), _pairs(body.forbidden), frozenset(body.excluded_needs), frozenset(body.excluded_offers), body.seconds)
    return round_read(await do.start_round(work, chosen, wishes))


@router.get("", response_model=Page[RoundRead])
async def list_rounds(request: Request, response: Response, work: InOneTransaction, who: Who, page: Paging) -> dict[str, Any]:
    """Rounds of the caller's team, newest first."""
    return listed(request, response, (await work.rounds.listed(who, page)).map(round_read))


@router.get("/{round_id}")
async def read_round(round_id: UUID, response: Response, work: InOneTransaction, who: Who) -> RoundRead:
    """One round with its plan; each planned pair with its score and parts as they are now. While it is solved, ask again to see the progress."""
    made, _ = await work.rounds.seen(round_id, who)
    if made.state is RoundState.SOLVING:
        # Progress is no new version, so a reader who has this one is still answered in full.
        response.headers["ETag"] = f'"{made.version}"'
    return round_read(made, await do.explain_seats(work, made))


@router.patch("/{round_id}")
async def edit_round(round_id: UUID, body: schemas.RoundUpdate, version: Version, work: InOneTransaction) -> RoundRead:
    """Decide otherwise by hand: pins, bans, what is left out, seconds; the round is solved again from where its plan stood."""
    before = await do.seen_round(work, round_id, version)
    wishes = before.wishes
    after = Wishes(
        wishes.pinned if body.pinned is None else _pairs(body.pinned),
        wishes.forbidden if body.forbidden is None else _pairs(body.forbidden),
        wishes.without_needs if body.excluded_needs is None else frozenset(body.excluded_needs),
        wishes.without_offers if body.excluded_offers is None else frozenset(body.excluded_offers),
        wishes.seconds if body.seconds is None else body.seconds,
    )
    return round_read(await do.edit_round(work, before, after))


@router.post("/{round_id}/stop")
async def stop_round(round_id: UUID, work: InOneTransaction) -> RoundRead:
    """Take the best plan so far instead of waiting; it is there within seconds."""
    return round_read(await do.stop_round(work, round_id))


@router.post("/{round_id}/apply")
async def apply_round(round_id: UUID, work: InOneTransaction) -> RoundRead:
    """Make matches of the plan in one transaction; what is no longer possible is reported, not forced."""
    return round_read(await round_apply.apply_round(work, round_id))
