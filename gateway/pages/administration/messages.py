"""What went out by mail: by state and kind, and once more what failed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.pages.door import Here, PageRoute, pairs
from gateway.pages.words import WORDS, choices

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=500)]
AGAIN = ("failed", "refused", "undeliverable")


@router.get("/admin/messages")
async def list_messages(visit: Here, cursor: Text = "", state: Text = "") -> Response:
    """What went out by mail; in the demo, the mails themselves."""
    state = state if state in WORDS["mail"] else ""
    sent = await visit.ask.messages.sent(pairs(limit=50, cursor=cursor, state=state))
    try:
        caught = (await visit.ask.messages.caught()).items
    except HubError:
        caught = []
    return visit.page("administration/messages.html", sent=sent, caught=caught, states=choices("mail"), state_wanted=state, again=AGAIN)


@router.post("/admin/messages/{message_id}/retry")
async def retry_message(visit: Here, message_id: UUID) -> Response:
    """Try a mail that failed once more."""
    await visit.form()
    await visit.ask.webhooks.retry_mail(str(message_id))
    return visit.go("/admin/messages", "sent-again")
