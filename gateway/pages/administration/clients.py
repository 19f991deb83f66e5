"""Partners' systems: register one, change what it may do, give it another secret without a gap, shut it out."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from gateway.clients.asking import Record
from gateway.pages.administration.shared import actor_of
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
POINTERS = {"/name": "name", "/scopes": "scopes", "/actor_id": "actor"}
Prefix = Annotated[str, Path(max_length=40, pattern="^[A-Za-z0-9_-]+$")]


@router.get("/admin/clients")
async def list_clients(visit: Here) -> Response:
    """Partners' systems."""
    return await _list_page(visit, Form(pointers=POINTERS))


@router.post("/admin/clients")
async def register_client(visit: Here) -> Response:
    """A new one; its secret is shown once, in this answer."""
    form = await visit.form(POINTERS)
    form.require("name", _("Give the system a name."))
    if not form.many("scopes"):
        form.wrong("scopes", _("Choose what it may do."))
    body: Record = {"name": form.text("name"), "scopes": form.many("scopes")}
    if form.text("actor"):
        actor_id = await actor_of(visit, form)
        if actor_id:
            body["actor_id"] = actor_id
    made = await visit.try_(form, visit.ask.api_clients.register(body))
    return await _list_page(visit, Form(pointers=POINTERS) if made else form, 200 if made else 422, made)


@router.get("/admin/clients/{client_id}")
async def see_client(visit: Here, client_id: UUID) -> Response:
    """One system with its secrets (never the secrets themselves)."""
    return await _client_page(visit, client_id, Form(pointers=POINTERS))


@router.post("/admin/clients/{client_id}")
async def change_client(visit: Here, client_id: UUID) -> Response:
    """Another name or other scopes; tokens lose at once what the system lost."""
    form = await visit.form(POINTERS)
    form.require("name", _("Give the system a name."))
    if not form.many("scopes"):
        form.wrong("scopes", _("Choose what it may do."))
    version = form.whole("version")
    body = {"name": form.text("name"), "scopes": form.many("scopes")}
    changing = visit.ask.people_admin.change_client(str(client_id), body, version if isinstance(version, int) else 0)
    if await visit.try_(form, changing) is None:
        return await _client_page(visit, client_id, form, 422)
    return visit.go(f"/admin/clients/{client_id}", "client-changed")


@router.post("/admin/clients/{client_id}/secrets")
async def add_secret(visit: Here, client_id: UUID) -> Response:
    """One more secret beside the live one, shown once in this answer."""
    form = await visit.form(POINTERS)
    made = await visit.try_(form, visit.ask.people_admin.add_secret(str(client_id)))
    faults = Form(pointers=POINTERS, faults=form.faults)
    return await _client_page(visit, client_id, faults, 200 if made else 409, made)


@router.post("/admin/clients/{client_id}/secrets/{prefix}/withdraw")
async def withdraw_secret(visit: Here, client_id: UUID, prefix: Prefix) -> Response:
    """It no longer holds; all tokens of the system end."""
    await visit.form()
    await visit.ask.people_admin.withdraw_secret(str(client_id), prefix)
    return visit.go(f"/admin/clients/{client_id}", "secret-withdrawn")


@router.post("/admin/clients/{client_id}/shut-out")
async def shut_client_out(visit: Here, client_id: UUID) -> Response:
    """Its tokens end at once."""
    await visit.form()
    await visit.ask.api_clients.shut_out(str(client_id))
    return visit.go("/admin/clients", "client-out")


async def _list_page(visit: Visit, form: Form, status: int = 200, made: Record | None = None) -> Response:
    clients = (await visit.ask.api_clients.clients()).items
    return visit.page("administration/clients.html", status, clients=clients, form=form, made=made)


async def _client_page(visit: Visit, client_id: UUID, form: Form, status: int = 200, made: Record | None = None) -> Response:
    client = await visit.ask.people_admin.client(str(client_id))
    return visit.page("administration/client.html", status, client=client, form=form, made=made)
