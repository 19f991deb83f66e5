"""Routes of the calendar's secret address, of another e-mail address, and of links in mails."""

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from chassis.errors import Forbidden
from services.people.api.doors import SECRET, InOneTransaction
from services.people.model.accounts import Account
from services.people.schemas import links as schemas
from services.people.schemas.accounts import Done
from services.people.use_cases import answer_links, email_changes, feeds

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["people"])
inside = APIRouter(prefix="/internal/v1", route_class=HubRoute, include_in_schema=False)


class NotYourQuestion(Forbidden):
    """This question is another process's."""


def _require_gateway(request: Request) -> None:
    if request.state.issuer != "gateway" or request.state.caller.kind != "service":
        raise NotYourQuestion("Only another part of the hub may ask this.")


def _whose(account: Account) -> schemas.LinkRead:
    return schemas.LinkRead(account_id=account.id, role=account.role.value, actor_id=account.actor_id, locale=account.locale)


@router.get("/me/calendar-feed")
async def read_calendar_feed(work: InOneTransaction) -> schemas.FeedRead:
    """Whether your calendar has a secret address."""
    return schemas.FeedRead(since=await feeds.feed_since(work))


@router.post("/me/calendar-feed", status_code=201, openapi_extra=SECRET)
async def make_calendar_feed(work: InOneTransaction) -> schemas.FeedCreated:
    """A new secret address for your calendar program; the one before stops working. It is shown once."""
    return schemas.FeedCreated(token=await feeds.make_feed(work))


@router.delete("/me/calendar-feed", status_code=204)
async def end_calendar_feed(work: InOneTransaction) -> None:
    """The secret address of your calendar stops working at once."""
    await feeds.end_feed(work)


@router.get("/me/email-change")
async def read_email_change(work: InOneTransaction) -> schemas.EmailChangeRead:
    """Whether another address waits to be confirmed."""
    found = await email_changes.waiting_change(work)
    if found is None:
        return schemas.EmailChangeRead(waiting=False)
    return schemas.EmailChangeRead(
        waiting=True,
        email_masked=found.email_masked,
        old_confirmed=found.old_confirmed,
        new_confirmed=found.new_confirmed,
        expires_at=found.expires_at,
    )


@router.post("/me/email-change", status_code=202, openapi_extra=SECRET)
async def ask_email_change(body: schemas.EmailChangeAsk, work: InOneTransaction) -> Done:
    """Use another e-mail address. A mail goes to the old and to the new address; the new one holds when both links were followed within a day."""
    await email_changes.ask_change(work, body.email)
    return Done()


@router.delete("/me/email-change", status_code=204)
async def cancel_email_change(work: InOneTransaction) -> None:
    """Keep your present address."""
    await email_changes.cancel_change(work)


@router.post("/email-changes/confirm", openapi_extra=SECRET)
async def confirm_email_change(body: schemas.EmailChangeConfirm, work: InOneTransaction) -> schemas.EmailChangeDone:
    """Confirm one of the two addresses with the link's token."""
    return schemas.EmailChangeDone(done=await email_changes.confirm_change(work, body.token))


@inside.post("/answer-links/open", openapi_extra=SECRET)
async def open_answer_link(body: schemas.TokenAsk, request: Request, work: InOneTransaction) -> schemas.LinkRead:
    """Who may answer which request with this token. Changes nothing."""
    _require_gateway(request)
    link, account = await answer_links.open_link(work, body.token)
    return _whose(account).model_copy(update={"match_id": link.match_id, "expires_at": link.expires_at})


@inside.post("/answer-links/use", openapi_extra=SECRET)
async def use_answer_link(body: schemas.TokenAsk, request: Request, work: InOneTransaction) -> Done:
    """The request was answered by this link; it does not work again."""
    _require_gateway(request)
    await answer_links.use_link(work, body.token)
    return Done()


@inside.post("/calendar-feeds/open", openapi_extra=SECRET)
async def open_calendar_feed(body: schemas.TokenAsk, request: Request, work: InOneTransaction) -> schemas.LinkRead:
    """Whose calendar has this secret address."""
    _require_gateway(request)
    return _whose(await feeds.open_feed(work, body.token))
