"""Pages of one's own account: inbox, language, password, second factor, messages, sessions."""

import base64
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.signing_in import CONSENT_TEXT, open_session
from gateway.pages.words import LANGUAGE_NAMES
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
PROFILE_POINTERS = {"/name": "name", "/phone": "phone", "/locale": "locale"}
Text = Annotated[str, Query(max_length=500)]


@router.get("/notifications")
async def see_inbox(visit: Here, cursor: Text = "") -> Response:
    """Messages, newest first."""
    listing = await visit.ask.notifications.inbox([("limit", "30"), *([("cursor", cursor)] if cursor else [])])
    return visit.page("inbox.html", listing=listing)


@router.post("/notifications/read")
async def read_messages(visit: Here) -> Response:
    """Mark one message as read and follow it, or mark all."""
    form = await visit.form()
    if not form.text("id"):
        await visit.ask.notifications.read_all()
        return visit.go("/notifications", "read")
    found = await visit.ask.notifications.read(form.text("id"))
    return visit.go(visit.local(found.get("link"), "/notifications"))


@router.get("/preferences")
async def see_choices(visit: Here) -> Response:
    """Which messages come, and how."""
    found = await visit.ask.notifications.choices()
    return visit.page("preferences.html", found=found, rows=found["items"], form=Form())


@router.post("/preferences")
async def keep_choices(visit: Here) -> Response:
    """Choose which messages come."""
    form = await visit.form()
    found = await visit.ask.notifications.choices()
    items = []
    for row in found["items"]:
        kind = row["kind"]
        wants = row["in_app_fixed"] or form.ticked(f"in_app_{kind}")
        items.append({"kind": kind, "in_app": bool(wants), "email": form.text(f"email_{kind}", row["email"])})
    version = form.whole("version")
    done = await visit.try_(form, visit.ask.notifications.choose(items, version if isinstance(version, int) else found["version"]))
    if done is None:
        return visit.page("preferences.html", 422, found=found, rows=found["items"], form=form)
    return visit.go("/preferences", "saved")


@router.get("/me")
async def see_me(visit: Here) -> Response:
    """The visitor's own account."""
    return await _me_page(visit, Form(pointers=PROFILE_POINTERS))


@router.post("/me")
async def change_me(visit: Here) -> Response:
    """Change name, telephone number and language."""
    form = await visit.form(PROFILE_POINTERS)
    version = form.whole("version")
    body: Record = {"phone": form.text("phone") or None, "locale": form.text("locale") or visit.visitor.caller.locale}
    if form.text("name"):
        body["name"] = form.text("name")
    if await visit.try_(form, visit.ask.me.change(body, version if isinstance(version, int) else 0)) is None:
        return await _me_page(visit, form, 422)
    _forget(visit)
    return visit.go("/me", "saved")


@router.post("/me/password")
async def change_password(visit: Here) -> Response:
    """Another password."""
    form = await visit.form({"/current_password": "current", "/new_password": "new"})
    for name in ("current", "new"):
        if not form.raw(name):
            form.wrong(name, _("Give both passwords."))
    if await visit.try_(form, visit.ask.me.change_password(form.raw("current"), form.raw("new"))) is None:
        return await _me_page(visit, form, 422)
    return visit.go("/me", "password")


@router.post("/me/consent")
async def record_consent(visit: Here) -> Response:
    """Share the contact with the other side of accepted matches, or no longer."""
    form = await visit.form()
    await visit.ask.me.consent(form.ticked("share_contact"), CONSENT_TEXT)
    return visit.go("/me", "consent")


@router.post("/me/sessions/{session_id}/end")
async def end_session(visit: Here, session_id: UUID) -> Response:
    """End one of one's sessions."""
    await visit.form()
    await visit.ask.sessions.end(str(session_id))
    return visit.go("/me", "session-ended")


@router.get("/me/second-factor")
async def see_second_factor(visit: Here) -> Response:
    """Whether there is a second factor, and how to set one up."""
    return visit.page("second_factor.html", me=await visit.ask.me.profile(), form=Form(), begun=None, picture="", codes=None)


@router.post("/me/second-factor")
async def begin_second_factor(visit: Here) -> Response:
    """Show what an authenticator needs, once."""
    form = await visit.form({"/code": "code"})
    begun = await visit.try_(form, visit.ask.me.begin_second_factor(form.text("code") or None))
    return await _factor_page(visit, form, begun, 200 if begun else 422)


@router.post("/me/second-factor/confirm")
async def confirm_second_factor(visit: Here) -> Response:
    """A first code proves it; the recovery codes are shown once, and a new session begins."""
    form = await visit.form({"/code": "code"})
    form.require("code", _("Give the code."))
    proven = await visit.try_(form, visit.ask.me.confirm_second_factor(form.text("code")))
    if proven is None:
        kept = {"secret": form.text("secret"), "uri": "", "qr_svg": ""} if form.text("secret") else None
        return await _factor_page(visit, form, kept, 422)
    _forget(visit)
    page = visit.page("second_factor.html", me={"second_factor": True}, form=form, begun=None, picture="", codes=proven["recovery_codes"])
    return open_session(visit, page, proven)


@router.post("/me/second-factor/remove")
async def remove_second_factor(visit: Here) -> Response:
    """Give it up, with a code of it."""
    form = await visit.form({"/code": "code"})
    form.require("code", _("Give the code."))
    if form.faults:
        return await _factor_page(visit, form, None, 422)
    try:
        await visit.ask.me.remove_second_factor(form.text("code"))
    except HubError as refusal:
        form.refused(refusal)
        return await _factor_page(visit, form, None, 422)
    return visit.go("/me", "factor-removed")


async def _factor_page(visit: Visit, form: Form, begun: Record | None, status: int) -> Response:
    picture = base64.b64encode(begun["qr_svg"].encode()).decode() if begun and begun.get("qr_svg") else ""
    me = await visit.ask.me.profile()
    return visit.page("second_factor.html", status, me=me, form=form, begun=begun, picture=picture, codes=None)


async def _me_page(visit: Visit, form: Form, status: int = 200) -> Response:
    consents = [row for row in (await visit.ask.me.consents()).items if row["live"]]
    return visit.page(
        "me.html",
        status,
        me=await visit.ask.me.profile(),
        sessions=(await visit.ask.sessions.sessions()).items,
        shares=bool(consents),
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in visit.instance.languages],
        form=form,
    )


def _forget(visit: Visit) -> None:
    """What was believed of the token is read anew."""
    if visit.visitor.token:
        visit.request.app.state.sessions.forget(visit.visitor.token)
