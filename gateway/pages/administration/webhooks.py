"""Webhooks: addresses of partners that are told when something happens, and what was sent to them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.words import choices
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
POINTERS = {"/url": "url", "/events": "events"}
Text = Annotated[str, Query(max_length=500)]


@router.get("/admin/webhooks")
async def list_webhooks(visit: Here) -> Response:
    """All webhooks, and the form for a new one."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    return await _list_page(visit, Form(pointers=POINTERS))


@router.post("/admin/webhooks")
async def create_webhook(visit: Here) -> Response:
    """A new one; its secret is shown once, in this answer."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    form = await visit.form(POINTERS)
    form.require("url", _("Give the address that is to be called."))
    if not form.many("events"):
        form.wrong("events", _("Choose one event at least."))
    made = await visit.try_(form, visit.ask.webhooks.create(form.text("url"), form.many("events")))
    return await _list_page(visit, Form(pointers=POINTERS) if made else form, 200 if made else 422, made)


@router.get("/admin/webhooks/{webhook_id}")
async def see_webhook(visit: Here, webhook_id: UUID, cursor: Text = "") -> Response:
    """One webhook with what was sent to it."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    return await _webhook_page(visit, webhook_id, Form(pointers=POINTERS), cursor=cursor)


@router.post("/admin/webhooks/{webhook_id}")
async def change_webhook(visit: Here, webhook_id: UUID) -> Response:
    """Another address, other events, paused or on again, or taken away."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    form = await visit.form(POINTERS)
    version, act = form.whole("version"), form.text("act")
    number = version if isinstance(version, int) else 0
    if act == "delete":
        await visit.ask.webhooks.delete(str(webhook_id), number)
        return visit.go("/admin/webhooks", "webhook-gone")
    if act in ("pause", "resume"):
        body: Record = {"active": act == "resume"}
    else:
        body = {"url": form.text("url"), "events": form.many("events")}
        form.require("url", _("Give the address that is to be called."))
    if await visit.try_(form, visit.ask.webhooks.change(str(webhook_id), body, number)) is None:
        return await _webhook_page(visit, webhook_id, form, 422)
    return visit.go(f"/admin/webhooks/{webhook_id}", "webhook-changed")


@router.post("/admin/webhooks/{webhook_id}/rotate")
async def rotate_webhook(visit: Here, webhook_id: UUID) -> Response:
    """A new secret, shown once in this answer."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    await visit.form()
    made = await visit.ask.webhooks.rotate(str(webhook_id))
    return await _webhook_page(visit, webhook_id, Form(pointers=POINTERS), made=made)


@router.post("/admin/webhooks/{webhook_id}/test")
async def test_webhook(visit: Here, webhook_id: UUID) -> Response:
    """Send a test event."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    form = await visit.form(POINTERS)
    if await visit.try_(form, visit.ask.webhooks.test(str(webhook_id))) is None:
        return await _webhook_page(visit, webhook_id, Form(pointers=POINTERS, faults=form.faults), 409)
    return visit.go(f"/admin/webhooks/{webhook_id}", "webhook-tested")


@router.post("/admin/webhooks/{webhook_id}/deliveries/{delivery_id}")
async def send_again(visit: Here, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Send a delivery once more."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    form = await visit.form(POINTERS)
    if await visit.try_(form, visit.ask.webhooks.resend(str(webhook_id), str(delivery_id))) is None:
        return await _webhook_page(visit, webhook_id, Form(pointers=POINTERS, faults=form.faults), 409)
    return visit.go(f"/admin/webhooks/{webhook_id}", "sent-again")


async def _list_page(visit: Visit, form: Form, status: int = 200, made: Record | None = None) -> Response:
    listing = await visit.ask.webhooks.webhooks([("limit", "100")])
    return visit.page("administration/webhooks.html", status, webhooks=listing.items, form=form, made=made, events=choices("webhook_event"))


async def _webhook_page(visit: Visit, webhook_id: UUID, form: Form, status: int = 200, made: Record | None = None, cursor: str = "") -> Response:
    webhook = await visit.ask.webhooks.webhook(str(webhook_id))
    deliveries = await visit.ask.webhooks.deliveries(str(webhook_id), pairs(limit=25, cursor=cursor))
    return visit.page(
        "administration/webhook.html", status, webhook=webhook, deliveries=deliveries, form=form, made=made, events=choices("webhook_event")
    )
