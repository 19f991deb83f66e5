"""Steps of a match that its coordinator takes from a list: take it back at once, look for another offer, remind, give more time."""

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import Conflict
from gateway.pages.desk import may_undo
from gateway.pages.door import Here, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class TooLateToTakeBack(Conflict):
    """A match is taken back with one press for a short time only."""


@router.post("/matches/{match_id}/undo")
async def take_back(visit: Here, match_id: UUID) -> Response:
    """Take back a match that was confirmed just now: the provider is told that it was a mistake."""
    form = await visit.form()
    back = visit.local(form.text("back"), f"/matches/{match_id}")
    match = await visit.ask.matches.match(str(match_id))
    if not may_undo(match):
        raise TooLateToTakeBack("This can no longer be taken back with one press. Cancel the match on its page, with a reason.")
    await visit.ask.matches.act(str(match_id), "cancel", {"reason": "confirmed_by_mistake"}, f"undo-{match_id}")
    return visit.go(back, "match-undone")


@router.post("/matches/{match_id}/reassign")
async def reassign(visit: Here, match_id: UUID) -> Response:
    """Cancel the match because its provider cannot, and look at the other offers for its need."""
    await visit.form()
    match = await visit.ask.matches.match(str(match_id))
    await visit.ask.matches.act(str(match_id), "cancel", {"reason": "provider_unavailable"}, f"reassign-{match_id}")
    return visit.go(f"/needs/{match['need_id']}", "match-reassign")


@router.post("/matches/{match_id}/remind")
async def remind(visit: Here, match_id: UUID) -> Response:
    """Remind the provider."""
    form = await visit.form()
    await visit.ask.desk.on_match(str(match_id), "remind", None, f"remind-{match_id}-{form.text('once')[:60]}")
    return visit.go(visit.local(form.text("back"), f"/matches/{match_id}"), "match-remind")


@router.post("/matches/{match_id}/extend")
async def extend(visit: Here, match_id: UUID) -> Response:
    """Seven more days to answer."""
    form = await visit.form()
    await visit.ask.desk.on_match(str(match_id), "extend", {"days": 7}, f"extend-{match_id}-{form.text('once')[:60]}")
    return visit.go(visit.local(form.text("back"), f"/matches/{match_id}"), "match-extend")


@router.post("/matches/{match_id}/say/{outcome}")
async def say_outcome(visit: Here, match_id: UUID, outcome: str) -> Response:
    """How it went, in one press: begun, helped, helped in part, or what went wrong."""
    form = await visit.form()
    back = visit.local(form.text("back"), "/follow-up")
    verb = "start" if outcome == "begun" else "fulfil" if outcome in ("helped", "helped_in_part") else "fail"
    if verb != "start" and (await visit.ask.matches.match(str(match_id)))["state"] == "accepted":
        await visit.ask.matches.act(str(match_id), "start", None, f"say-start-{match_id}")
    body = None if verb == "start" else {"outcome": outcome}
    await visit.ask.matches.act(str(match_id), verb, body, f"say-{outcome[:40]}-{match_id}")
    return visit.go(back, f"match-{verb}")
