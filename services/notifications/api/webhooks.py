"""Webhooks of API clients and administrators."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from chassis.edge import HubRoute, edge_work, if_match
from chassis.paging import Page, Paging, listed
from services.notifications import schemas
from services.notifications.model.webhooks import Webhook
from services.notifications.use_cases import webhooks
from services.notifications.work import Work

router = APIRouter(prefix="/api/v1/webhooks", route_class=HubRoute, tags=["webhooks"])
InOneTransaction = Annotated[Work, Depends(edge_work)]
SECRET_ANSWER = {"x-no-idempotency": True}
"""The answer holds a secret, so it is never stored for a repeat."""


def _fields(webhook: Webhook) -> dict[str, Any]:  # Any: field values of the answer
    return {
        "id": webhook.id,
        "version": webhook.version,
        "url": webhook.url,
        "events": list(webhook.events),
        "state": webhook.state,
        "disabled_reason": webhook.disabled_reason,
        "old_secret_until": webhook.previous_until,
        "last_success_at": webhook.last_success_at,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }


def _shape(webhook: Webhook) -> schemas.WebhookRead:
    return schemas.WebhookRead(**_fields(webhook))


def _with_secret(result: webhooks.WithSecret) -> schemas.WebhookWithSecret:
    return schemas.WebhookWithSecret(**_fields(result.webhook), secret=result.secret)


@router.get("", response_model=Page[schemas.WebhookRead])
async def list_webhooks(request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """Your webhooks, oldest first; an administrator sees all."""
    return listed(request, response, (await webhooks.my_webhooks(work, page)).map(_shape))


@router.post("", status_code=201, openapi_extra=SECRET_ANSWER)
async def create_webhook(body: schemas.WebhookCreate, work: InOneTransaction) -> schemas.WebhookWithSecret:
    """Set up a webhook. The answer shows its secret, this once. It hears only what you may see: by your scopes and your actor."""
    return _with_secret(await webhooks.create_webhook(work, body.url, body.events))


@router.get("/{webhook_id}")
async def read_webhook(webhook_id: UUID, work: InOneTransaction) -> schemas.WebhookRead:
    """One of your webhooks."""
    return _shape(await webhooks.one_webhook(work, webhook_id))


@router.patch("/{webhook_id}")
async def change_webhook(
    webhook_id: UUID, body: schemas.WebhookUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction
) -> schemas.WebhookRead:
    """Another address, other events, off or on again."""
    return _shape(await webhooks.change_webhook(work, webhook_id, version, url=body.url, events=body.events, active=body.active))


@router.delete("/{webhook_id}", status_code=204)
async def delete_webhook(webhook_id: UUID, version: Annotated[int, Depends(if_match)], work: InOneTransaction) -> None:
    """Take a webhook away; what waits for it is not sent."""
    await webhooks.delete_webhook(work, webhook_id, version)


@router.post("/{webhook_id}/rotate", openapi_extra=SECRET_ANSWER)
async def rotate_webhook(webhook_id: UUID, work: InOneTransaction) -> schemas.WebhookWithSecret:
    """A new secret, shown this once; the one before signs beside it for some hours."""
    return _with_secret(await webhooks.rotate_secret(work, webhook_id))


@router.get("/{webhook_id}/deliveries", response_model=Page[schemas.DeliveryRead])
async def list_webhook_deliveries(webhook_id: UUID, request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """What was sent to a webhook, newest first. It is kept for a week."""
    return listed(request, response, await webhooks.webhook_deliveries(work, webhook_id, page))


@router.post("/{webhook_id}/deliveries/{delivery_id}/resend", status_code=202)
async def resend_webhook_delivery(webhook_id: UUID, delivery_id: UUID, work: InOneTransaction) -> schemas.DeliveryRead:
    """Send a delivery once more, with the same event id; whoever handled it already knows it by that."""
    return schemas.DeliveryRead.model_validate(await webhooks.send_again(work, webhook_id, delivery_id))


@router.post("/{webhook_id}/test", status_code=202)
async def test_webhook(webhook_id: UUID, work: InOneTransaction) -> schemas.DeliveryRead:
    """Send a test event (`hub.notifications.webhook.test.v1`); its deliveries tell how it went."""
    return schemas.DeliveryRead.model_validate(await webhooks.test_webhook(work, webhook_id))
