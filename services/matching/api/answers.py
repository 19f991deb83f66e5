"""The gateway's own question: somebody answers a request by the link in their mail, without signing in."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from chassis.errors import Forbidden
from chassis.web import Body
from services.matching.api.common import InOneTransaction
from services.matching.api.matches import match_read
from services.matching.model.match import DeclineReason
from services.matching.schemas import MatchRead
from services.matching.use_cases import matches as do

router = APIRouter(prefix="/internal/v1/matches", route_class=HubRoute, include_in_schema=False)


class NotYourQuestion(Forbidden):
    """This question is another process's."""


class AnswerBody(Body):
    """Yes or no, and why not."""

    verb: Literal["accept", "decline"]
    reason: DeclineReason = DeclineReason.OTHER


@router.post("/{match_id}/answer")
async def answer_by_link(match_id: UUID, body: AnswerBody, request: Request, work: InOneTransaction) -> MatchRead:
    """Accept or decline as the account whose link it was; the audit trail says that it was by mail link."""
    if request.state.issuer != "gateway" or work.caller.kind != "account":
        raise NotYourQuestion("Only another part of the hub may ask this.")
    if body.verb == "accept":
        match = await do.accept_match(work, match_id, do.Way.MAIL_LINK)
    else:
        match = await do.decline_match(work, match_id, body.reason, do.Way.MAIL_LINK)
    return match_read(await do.read_match(work, match.id))
