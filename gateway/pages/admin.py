"""Pages of administration: people and invitations, API clients, messages sent, the audit trail."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.clients import Listing
from gateway.clients.asking import Record
from gateway.news import read_audit
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.words import LANGUAGE_NAMES, choices
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
INVITE_POINTERS = {"/email": "email", "/name": "name", "/role": "role", "/actor_id": "actor", "/locale": "locale"}
Text = Annotated[str, Query(max_length=500)]


@router.get("/admin")
async def see_administration(visit: Here) -> Response:
    """Where the parts of administration are."""
    parts = _parts(visit)
    if not parts:
        visit.asker.require("GET", "/api/v1/clients")
    return visit.page("admin.html", parts=parts)


@router.get("/admin/people")
async def list_people(visit: Here, cursor: Text = "") -> Response:
    """Accounts and invitations that the visitor may see."""
    return await _people_page(visit, Form(pointers=INVITE_POINTERS), cursor=cursor)


@router.post("/admin/people")
async def invite_person(visit: Here) -> Response:
    """Invite somebody by mail."""
    form = await visit.form(INVITE_POINTERS)
    form.require("email", _("Give an e-mail address."))
    body: Record = {"email": form.text("email"), "role": form.text("role"), "locale": form.text("locale") or "en"}
    if form.text("name"):
        body["name"] = form.text("name")
    if form.text("actor"):
        actor_id = await _actor_of(visit, form)
        if actor_id:
            body["actor_id"] = actor_id
    if await visit.try_(form, visit.ask.accounts.invite(body, form.text("once"))) is None:
        return await _people_page(visit, form, 422)
    return visit.go("/admin/people", "invited")


@router.post("/admin/invitations/{invitation_id}/take-back")
async def take_invitation_back(visit: Here, invitation_id: UUID) -> Response:
    """Its link stops working."""
    await visit.form()
    await visit.ask.accounts.take_back(str(invitation_id))
    return visit.go("/admin/people", "taken-back")


@router.get("/admin/people/{account_id}")
async def see_account(visit: Here, account_id: UUID) -> Response:
    """One account."""
    return visit.page("account.html", account=await visit.ask.accounts.account(str(account_id)), form=Form(), changes=_changes(visit))


@router.post("/admin/people/{account_id}")
async def change_account(visit: Here, account_id: UUID) -> Response:
    """Another role, disabled or enabled."""
    form = await visit.form({"/role": "role", "/active": "active"})
    version = form.whole("version")
    body: Record = {"role": form.text("role"), "active": form.ticked("active")}
    changed = await visit.try_(form, visit.ask.accounts.change(str(account_id), body, version if isinstance(version, int) else 0))
    if changed is None:
        account = await visit.ask.accounts.account(str(account_id))
        return visit.page("account.html", 422, account=account, form=form, changes=_changes(visit))
    return visit.go(f"/admin/people/{account_id}", "account-changed")


@router.get("/admin/clients")
async def list_clients(visit: Here) -> Response:
    """Partners' systems."""
    return await _clients_page(visit, Form())


@router.post("/admin/clients")
async def register_client(visit: Here) -> Response:
    """A new one; its secret is shown once, in this answer."""
    form = await visit.form({"/name": "name", "/scopes": "scopes", "/actor_id": "actor"})
    form.require("name", _("Give the system a name."))
    body: Record = {"name": form.text("name"), "scopes": form.many("scopes")}
    if form.text("actor"):
        actor_id = await _actor_of(visit, form)
        if actor_id:
            body["actor_id"] = actor_id
    made = await visit.try_(form, visit.ask.api_clients.register(body))
    return await _clients_page(visit, Form() if made else form, 200 if made else 422, made)


@router.post("/admin/clients/{client_id}/shut-out")
async def shut_client_out(visit: Here, client_id: UUID) -> Response:
    """Its tokens end at once."""
    await visit.form()
    await visit.ask.api_clients.shut_out(str(client_id))
    return visit.go("/admin/clients", "client-out")


@router.get("/admin/messages")
async def list_messages(visit: Here, cursor: Text = "") -> Response:
    """What went out by mail; in the demo, the mails themselves."""
    sent = await visit.ask.messages.sent([("limit", "50"), *([("cursor", cursor)] if cursor else [])])
    try:
        caught = (await visit.ask.messages.caught()).items
    except HubError:
        caught = []
    return visit.page("messages.html", sent=sent, caught=caught)


@router.get("/admin/audit")
async def see_audit(visit: Here) -> Response:
    """The audit trail of all services, newest first."""
    visit.asker.require("GET", "/api/v1/audit")
    answer = await read_audit(visit.request, None, None, 100)
    return visit.page("audit.html", entries=_items(answer))


def _items(answer: Response) -> list[Record]:
    found: list[Record] = json.loads(bytes(answer.body))["items"]
    return found


def _parts(visit: Visit) -> list[tuple[str, str, str]]:
    """The parts of administration that are open to the visitor: address, name, what it is."""
    known = (
        ("/api/v1/invitations", "/admin/people", _("People"), _("Accounts, roles and invitations.")),
        ("/api/v1/clients", "/admin/clients", _("Partners' systems"), _("API clients and what they may do.")),
        ("/api/v1/messages", "/admin/messages", _("Messages sent"), _("Mails that went out, and those that did not.")),
        ("/api/v1/audit", "/admin/audit", _("Audit trail"), _("Who did what, and when.")),
    )
    parts = [(path, name, about) for route, path, name, about in known if visit.may("GET", route)]
    if visit.may("POST", "/api/v1/weights"):
        parts.append(("/admin/weights", _("Weights"), _("What makes one offer come before another.")))
    return parts


def _changes(visit: Visit) -> bool:
    return visit.may("PATCH", "/api/v1/accounts/x")


async def _actor_of(visit: Visit, form: Form) -> str | None:
    """The id of the organisation that a form names by readable key or name; a fault when there is none, or more than one."""
    found: Listing = await visit.ask.registry.actors([("q", form.text("actor")[:100]), ("limit", "5")])
    wanted = form.text("actor").casefold()
    exact = [row for row in found.items if wanted in (row["slug"], row["id"], row["name"].casefold())]
    rows = exact or found.items
    if len(rows) == 1:
        return str(rows[0]["id"])
    form.wrong("actor", _("Name one organisation of the registry, as it is written there."))
    return None


async def _people_page(visit: Visit, form: Form, status: int = 200, cursor: str = "") -> Response:
    accounts = await visit.ask.accounts.accounts([("limit", "50"), *([("cursor", cursor)] if cursor else [])])
    roles = [pair for pair in choices("role") if visit.is_one_of("admin") or pair[0] in ("volunteer", "member", "coordinator")]
    return visit.page(
        "people.html",
        status,
        accounts=accounts,
        invitations=(await visit.ask.accounts.invitations()).items,
        roles=roles,
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in visit.settings.languages],
        form=form,
    )


async def _clients_page(visit: Visit, form: Form, status: int = 200, made: Record | None = None) -> Response:
    return visit.page("clients.html", status, clients=(await visit.ask.api_clients.clients()).items, form=form, made=made)
