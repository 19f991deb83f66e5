"""A person's own messages and choices."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.context import locale
from chassis.edge import HubRoute, edge_work, if_match
from chassis.language import translate
from chassis.paging import Page, Paging, listed
from services.notifications import schemas
from services.notifications.model.kinds import TRAITS, Choice
from services.notifications.model.messages import Notice
from services.notifications.model.people import Preferences
from services.notifications.use_cases import inbox
from services.notifications.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["notifications"])
InOneTransaction = Annotated[Work, Depends(edge_work)]


def _shape(work: Work, notice: Notice) -> schemas.NotificationRead:
    words = work.resources.in_app.words(notice, locale())
    return schemas.NotificationRead(
        id=notice.id,
        version=notice.version,
        kind=notice.kind,
        title=words.title,
        body=words.body,
        link=words.link,
        subject_id=notice.subject_id,
        read=notice.read_at is not None,
        read_at=notice.read_at,
        created_at=notice.created_at,
        updated_at=notice.updated_at,
    )


@router.get("/notifications", response_model=Page[schemas.NotificationRead])
async def list_notifications(
    request: Request,
    response: Response,
    work: InOneTransaction,
    page: Paging,
    unread: Annotated[bool, Query(description="Only those that were not read yet.")] = False,
) -> dict[str, Any]:
    """Your own messages, newest first; `total` is how many are unread. They are kept for a week."""
    found = await inbox.my_notifications(work, page, unread=unread)
    return listed(request, response, found.map(lambda notice: _shape(work, notice)))


@router.post("/notifications/read_all")
async def read_all_notifications(work: InOneTransaction) -> schemas.ReadAllResult:
    """Mark all your messages as read."""
    return schemas.ReadAllResult(read=await inbox.read_all_notifications(work))


@router.post("/notifications/{notification_id}/read")
async def read_notification(notification_id: UUID, work: InOneTransaction) -> schemas.NotificationRead:
    """Mark one of your messages as read."""
    return _shape(work, await inbox.read_notification(work, notification_id))


def _subscriptions(preferences: Preferences) -> schemas.Subscriptions:
    items = [
        schemas.SubscriptionRead(
            kind=kind,
            title=translate(TRAITS[kind].sentences.title, locale()),
            in_app=choice.in_app,
            in_app_fixed=TRAITS[kind].in_app_fixed,
            email=choice.email,
        )
        for kind, choice in inbox.effective(preferences).items()
    ]
    return schemas.Subscriptions(version=preferences.version, items=items, total=len(items))


@router.get("/subscriptions")
async def read_subscriptions(work: InOneTransaction) -> schemas.Subscriptions:
    """Which messages you get, and how."""
    return _subscriptions(await inbox.my_preferences(work))


@router.put("/subscriptions")
async def choose_subscriptions(
    body: schemas.SubscriptionsUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction
) -> schemas.Subscriptions:
    """Choose which messages you get, and how."""
    choices = {item.kind: Choice(item.in_app, item.email) for item in body.items}
    return _subscriptions(await inbox.choose(work, choices, version))
