"""Pages of an organisation's team: colleagues, invitations, leaving."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import HubError, NotFound
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.signing_in import close_session
from gateway.pages.words import LANGUAGE_NAMES
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
POINTERS = {"/email": "email", "/name": "name", "/locale": "locale"}


class NoTeam(NotFound):
    """The visitor has no place in an organisation."""


def _actor_of(visit: Visit) -> str:
    visit.asker.require("POST", "/api/v1/accounts/x/leave-team")
    actor_id = visit.visitor.caller.actor_id
    if actor_id is None:
        raise NoTeam("You have no place in an organisation; an administrator or a colleague gives you one.")
    return str(actor_id)


@router.get("/my/team")
async def see_team(visit: Here) -> Response:
    """Colleagues, and who is invited."""
    return await _team_page(visit, Form(pointers=POINTERS))


@router.post("/my/team")
async def invite(visit: Here) -> Response:
    """Invite a colleague by mail."""
    actor_id = _actor_of(visit)
    form = await visit.form(POINTERS)
    form.require("email", _("Give an e-mail address."))
    body: Record = {"email": form.text("email"), "role": "member", "actor_id": actor_id, "locale": form.text("locale") or "en"}
    if form.text("name"):
        body["name"] = form.text("name")
    if await visit.try_(form, visit.ask.accounts.invite(body, form.text("once"))) is None:
        return await _team_page(visit, form, 422)
    return visit.go("/my/team", "invited")


@router.post("/my/team/invitations/{invitation_id}/take-back")
async def take_back(visit: Here, invitation_id: UUID) -> Response:
    """Its link stops working."""
    _actor_of(visit)
    await visit.form()
    await visit.ask.accounts.take_back(str(invitation_id))
    return visit.go("/my/team", "taken-back")


@router.get("/my/team/{account_id}/leave")
async def ask_leave(visit: Here, account_id: UUID) -> Response:
    """What becomes of what a colleague entered."""
    _actor_of(visit)
    return await _leave_page(visit, str(account_id), Form())


@router.post("/my/team/{account_id}/leave")
async def leave(visit: Here, account_id: UUID) -> Response:
    """Take somebody out of the team, or leave it oneself."""
    _actor_of(visit)
    form = await visit.form()
    if await visit.try_(form, visit.ask.own.leave_team(str(account_id))) is None:
        return await _leave_page(visit, str(account_id), form, 409)
    if str(account_id) == visit.visitor.caller.id:
        if visit.visitor.token:
            visit.request.app.state.sessions.forget(visit.visitor.token)
        return close_session(visit, visit.go("/sign-in", "i-left-team"))
    return visit.go("/my/team", "left-team")


async def _leave_page(visit: Visit, account_id: str, form: Form, status: int = 200) -> Response:
    account, offers = await asyncio.gather(visit.ask.accounts.account(account_id), visit.ask.offers.offers([("mine", "true"), ("limit", "200")]))
    entered = [offer for offer in offers.items if offer.get("entered_by") == account_id and offer["state"] != "closed"]
    return visit.page("own/leave.html", status, account=account, entered=entered, me=account_id == visit.visitor.caller.id, form=form)


async def _team_page(visit: Visit, form: Form, status: int = 200) -> Response:
    actor_id = _actor_of(visit)
    accounts, invitations, actor = await asyncio.gather(
        visit.ask.accounts.accounts([("actor_id", actor_id), ("limit", "200")]), visit.ask.accounts.invitations(), _name_of(visit, actor_id)
    )
    return visit.page(
        "own/team.html",
        status,
        actor=actor,
        people=[row for row in accounts.items if row["state"] in ("active", "disabled")],
        invitations=[row for row in invitations.items if row.get("actor_id") == actor_id],
        me=visit.visitor.caller.id,
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in visit.instance.languages],
        form=form,
    )


async def _name_of(visit: Visit, actor_id: str) -> Record | None:
    """The organisation, while the registry can be asked."""
    try:
        return await visit.ask.registry.actor(actor_id)
    except HubError:
        return None
