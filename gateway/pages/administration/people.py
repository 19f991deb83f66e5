"""Accounts and invitations: find somebody, invite one or several, another role, disable, end sessions, take a lost second factor away."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients.asking import Listing, Record
from gateway.pages.administration.shared import actor_of
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.words import LANGUAGE_NAMES, WORDS, choices
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
INVITE_POINTERS = {"/email": "email", "/name": "name", "/role": "role", "/actor_id": "actor", "/locale": "locale"}
ACCOUNT_POINTERS = {"/role": "role", "/active": "active", "/actor_id": "actor"}
Text = Annotated[str, Query(max_length=500)]
MOST_AT_ONCE = 25


@router.get("/admin/people")
async def list_people(visit: Here, cursor: Text = "", role: Text = "", state: Text = "") -> Response:
    """Accounts and invitations that the visitor may see."""
    return await _people_page(visit, Form(pointers=INVITE_POINTERS), role=role, state=state, cursor=cursor)


@router.post("/admin/people")
async def invite_people(visit: Here) -> Response:
    """Invite somebody by mail, or several at once: one address a line."""
    form = await visit.form(INVITE_POINTERS)
    addresses = list(dict.fromkeys(part for part in form.text("email").replace(",", " ").replace(";", " ").split() if part))
    if not addresses:
        form.wrong("email", _("Give an e-mail address."))
    if len(addresses) > MOST_AT_ONCE:
        form.wrong("email", _("Invite {most} people at once at most.", most=MOST_AT_ONCE))
    body: Record = {"role": form.text("role"), "locale": form.text("locale") or "en"}
    if form.text("name") and len(addresses) == 1:
        body["name"] = form.text("name")
    if form.text("actor"):
        actor_id = await actor_of(visit, form)
        if actor_id:
            body["actor_id"] = actor_id
    if form.faults:
        return await _people_page(visit, form, 422)
    left = []
    for number, address in enumerate(addresses):
        once = f"{form.text('once')}-{number}" if form.text("once") else None
        if await visit.try_(Form(), visit.ask.accounts.invite({**body, "email": address}, once)) is None:
            left.append(address)
    if not left:
        return visit.go("/admin/people", "invited" if len(addresses) == 1 else "invited-several")
    again = Form({**form.values, "email": ["\n".join(left)]}, INVITE_POINTERS)
    if len(addresses) == 1:
        await visit.try_(again, visit.ask.accounts.invite({**body, "email": left[0]}, None))
    else:
        words = _("{sent} invitations are on their way. The addresses that are still here could not be invited: they are wrong, or have an account.",
                  sent=len(addresses) - len(left))  # fmt: skip
        again.wrong("email", words)
    return await _people_page(visit, again, 422)


@router.post("/admin/people/search")
async def search_people(visit: Here) -> Response:
    """Find accounts by address or name. It is sent as a form, so that no address comes to stand in an address line."""
    form = await visit.form({"/words": "words"})
    visit.asker.require("POST", "/api/v1/accounts/search")
    if len(form.text("words")) < 2:
        form.wrong("words", _("Write the whole e-mail address, or two letters of the name at least."))
    found = await visit.try_(form, visit.ask.people_admin.search(form.text("words")))
    return await _people_page(visit, form, 200 if found is not None else 422, found=found)


@router.post("/admin/invitations/{invitation_id}/take-back")
async def take_invitation_back(visit: Here, invitation_id: UUID) -> Response:
    """Its link stops working."""
    await visit.form()
    await visit.ask.accounts.take_back(str(invitation_id))
    return visit.go("/admin/people", "taken-back")


@router.get("/admin/people/{account_id}")
async def see_account(visit: Here, account_id: UUID) -> Response:
    """One account."""
    return await _account_page(visit, account_id, Form(pointers=ACCOUNT_POINTERS))


@router.post("/admin/people/{account_id}")
async def change_account(visit: Here, account_id: UUID) -> Response:
    """Another role or place, disabled or enabled."""
    form = await visit.form(ACCOUNT_POINTERS)
    version = form.whole("version")
    body: Record = {"role": form.text("role"), "active": form.ticked("active")}
    if form.text("actor"):
        actor_id = await actor_of(visit, form)
        if actor_id:
            body["actor_id"] = actor_id
    changed = await visit.try_(form, visit.ask.accounts.change(str(account_id), body, version if isinstance(version, int) else 0))
    if changed is None:
        return await _account_page(visit, account_id, form, 422)
    return visit.go(f"/admin/people/{account_id}", "account-changed")


@router.post("/admin/people/{account_id}/end-sessions")
async def end_sessions(visit: Here, account_id: UUID) -> Response:
    """End all sessions, for example of a lost telephone."""
    await visit.form()
    await visit.ask.people_admin.end_sessions(str(account_id))
    return visit.go(f"/admin/people/{account_id}", "sessions-ended")


@router.post("/admin/people/{account_id}/reset-second-factor")
async def reset_second_factor(visit: Here, account_id: UUID) -> Response:
    """Take a lost second factor away, after the administrator said that they made sure who asks."""
    form = await visit.form()
    if not form.ticked("sure"):
        form.wrong("sure", _("First make sure that it is really this person who asks, and tick the box."))
        visit.asker.require("PATCH", "/api/v1/accounts/x")
        return await _account_page(visit, account_id, form, 422)
    await visit.ask.people_admin.reset_second_factor(str(account_id))
    return visit.go(f"/admin/people/{account_id}", "factor-reset")


@router.post("/admin/people/{account_id}/correct-email")
async def correct_email(visit: Here, account_id: UUID) -> Response:
    """Another address for somebody who reads neither of the two mails of a change, after the administrator said that they made sure who asks."""
    form = await visit.form({"/email": "new_email"})
    form.require("new_email", _("Give an e-mail address."))
    if not form.ticked("sure_email"):
        form.wrong("sure_email", _("First make sure that it is really this person who asks, and tick the box."))
    if await visit.try_(form, visit.ask.people_admin.correct_email(str(account_id), form.text("new_email"))) is None:
        visit.asker.require("PATCH", "/api/v1/accounts/x")
        return await _account_page(visit, account_id, form, 422)
    return visit.go(f"/admin/people/{account_id}", "email-corrected")


async def _account_page(visit: Visit, account_id: UUID, form: Form, status: int = 200) -> Response:
    account = await visit.ask.accounts.account(str(account_id))
    changes = visit.may("PATCH", "/api/v1/accounts/x")
    own = visit.visitor.caller.id == str(account_id)
    return visit.page("administration/account.html", status, account=account, form=form, changes=changes, own=own)


async def _people_page(
    visit: Visit, form: Form, status: int = 200, *, role: str = "", state: str = "", cursor: str = "", found: Listing | None = None
) -> Response:
    role, state = role if role in WORDS["role"] else "", state if state in WORDS["account"] else ""
    accounts = found or await visit.ask.accounts.accounts(pairs(role=role, state=state, cursor=cursor, limit=50))
    roles = [pair for pair in choices("role") if visit.is_one_of("admin") or pair[0] in ("volunteer", "member", "coordinator")]
    return visit.page(
        "administration/people.html",
        status,
        accounts=accounts,
        searched=found is not None,
        searches=visit.may("POST", "/api/v1/accounts/search"),
        invitations=(await visit.ask.accounts.invitations()).items,
        roles=roles,
        states=[pair for pair in choices("account") if pair[0] != "erased"],
        role_wanted=role,
        state_wanted=state,
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in visit.instance.languages],
        form=form,
    )
