"""Pages of one's own account that change much: another e-mail address, all that is kept as a file, and its deletion."""

import json
from typing import Annotated

from fastapi import APIRouter, Path, Response

from gateway.own_data import own_data
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.signing_in import close_session, secretive
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LinkToken = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{20,100}$")]


@router.get("/me/email")
async def see_email(visit: Here) -> Response:
    """The present address, and whether another waits to be confirmed."""
    return await _email_page(visit, Form())


@router.post("/me/email")
async def change_email(visit: Here) -> Response:
    """Ask for another address; both are written to."""
    form = await visit.form({"/email": "email"})
    form.require("email", _("Give an e-mail address."))
    if await visit.try_(form, visit.ask.own.change_email(form.text("email"))) is None:
        return await _email_page(visit, form, 422)
    return visit.go("/me/email", "email-asked")


@router.post("/me/email/keep")
async def keep_email(visit: Here) -> Response:
    """Keep the present one after all."""
    await visit.form()
    await visit.ask.own.keep_email()
    return visit.go("/me/email", "email-kept")


@router.get("/email/confirm/{token}")
async def show_confirm(visit: Here, token: LinkToken) -> Response:
    """The link of either mail. Nothing happens before the button is pressed: mail programs open links by themselves."""
    return secretive(visit.page("own/email_confirm.html", form=Form()))


@router.post("/email/confirm/{token}")
async def confirm_email(visit: Here, token: LinkToken) -> Response:
    """One of the two addresses is confirmed."""
    form = await visit.form({"/token": "token"})
    found = await visit.try_(form, visit.ask.own.confirm_email(token))
    if found is None:
        return secretive(visit.page("own/email_confirm.html", 422, form=form))
    where = "/me/email" if visit.visitor.signed_in else "/"
    return secretive(visit.go(where, "email-done" if found["done"] else "email-half"))


@router.get("/me/export")
async def export_me(visit: Here) -> Response:
    """All that every part of the hub keeps about the visitor, as one file. Where a part is away there is no file: half is not all."""
    visit.asker.require("GET", "/api/v1/me/data")
    found = await own_data(visit.request.app.state.lines, visit.visitor.caller)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
    return Response(json.dumps(found, ensure_ascii=False, indent=2), media_type="application/json", headers=headers)


@router.get("/me/delete")
async def ask_delete(visit: Here) -> Response:
    """What happens when the account is deleted."""
    return visit.page("own/delete.html", me=await visit.ask.me.profile(), form=Form())


@router.post("/me/delete")
async def delete_me(visit: Here) -> Response:
    """Delete the account, for good."""
    form = await visit.form()
    if not form.ticked("sure"):
        form.wrong("sure", _("Tick the box if you are sure."))
    if await visit.try_(form, _erase(visit)) is None:
        return visit.page("own/delete.html", 422, me=await visit.ask.me.profile(), form=form)
    if visit.visitor.token:
        visit.request.app.state.sessions.forget(visit.visitor.token)
    return close_session(visit, visit.go("/", "account-deleted"))


async def _erase(visit: Visit) -> bool:
    await visit.ask.own.erase_me()
    return True


async def _email_page(visit: Visit, form: Form, status: int = 200) -> Response:
    me, waiting = await visit.ask.me.profile(), await visit.ask.own.email_change()
    return visit.page("own/email.html", status, me=me, waiting=waiting, form=form)
