"""What went out by mail, for the administrator; and in the demo, what the local catcher kept."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.edge import HubRoute, edge_work
from chassis.errors import NotFound
from chassis.paging import Page, Paging, listed
from services.notifications import schemas
from services.notifications.catcher import read_folder
from services.notifications.model.kinds import Kind
from services.notifications.model.messages import MailState
from services.notifications.use_cases import inbox
from services.notifications.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["messages"])
InOneTransaction = Annotated[Work, Depends(edge_work)]


class NoCatcher(NotFound):
    """This hub sends its mail; nothing is caught."""


@router.get("/messages", response_model=Page[schemas.MessageRead])
async def list_messages(
    request: Request,
    response: Response,
    work: InOneTransaction,
    page: Paging,
    state: Annotated[MailState | None, Query(description="Only mails that stand so.")] = None,
    kind: Annotated[Kind | None, Query(description="Only mails about this.")] = None,
) -> dict[str, Any]:
    """Outgoing mails, newest first, without address and text. They are kept for a week."""
    return listed(request, response, await inbox.sent_messages(work, page, state, kind))


@router.post("/messages/{message_id}/retry", status_code=202)
async def retry_message(message_id: UUID, work: InOneTransaction) -> schemas.Queued:
    """Try a mail that failed once more, at once: for administrators."""
    await inbox.retry_message(work, message_id)
    return schemas.Queued()


@router.get("/messages/caught")
async def list_caught_messages(work: InOneTransaction) -> schemas.CaughtMails:
    """In the demo, mails stay on this machine: here they are, newest first. 404 on a hub that sends its mail."""
    inbox.may_see_caught(work)
    folder = work.settings.catcher_folder
    if folder is None:
        raise NoCatcher("This hub sends its mail; nothing is caught.")
    items = [schemas.CaughtRead.model_validate(mail) for mail in await asyncio.to_thread(read_folder, folder)]
    return schemas.CaughtMails(items=items, total=len(items))
