"""Pages of signing in and out: password, second step, invitation, new password, language."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import RedirectResponse

from chassis.errors import HubError, NotFound
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.kept import BACK, keep_typed, page_for
from gateway.pages.sealed import Seal
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LinkToken = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{20,100}$")]
LANGUAGE_COOKIE = "hub-language"
CONSENT_TEXT = "2026-11"
"""Version of the consent text that the welcome page shows."""
Next = Annotated[str, Query(max_length=300)]


class NoSuchLanguage(NotFound):
    """The hub does not speak it."""


def open_session(visit: Visit, response: Response, session: Record) -> Response:
    """Put the session's cookie into an answer."""
    security = visit.request.app.state.security
    response.set_cookie(
        security.cookie,
        session["access_token"],
        max_age=min(int(session["expires_in"]), visit.settings.session_hours * 3600),
        path="/",
        secure=security.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def close_session(visit: Visit, response: Response) -> Response:
    """Take the session's cookie away."""
    security = visit.request.app.state.security
    response.delete_cookie(security.cookie, path="/", secure=security.secure, httponly=True, samesite="lax")
    return response


def first_page(role: str | None) -> str:
    """Where somebody begins who has just signed in."""
    return {"volunteer": "/requests", "member": "/requests", "coordinator": "/desk", "admin": "/admin", "observer": "/admin"}.get(role or "", "/")


@router.get("/sign-in")
async def show_sign_in(visit: Here, next: Next = "") -> Response:
    """Ask for address and password."""
    if visit.visitor.signed_in:
        return visit.go(first_page(visit.role))
    form = visit.typed()
    return visit.page("sign_in.html", form=form, sealed=form.raw("sealed"), next=visit.local(next, ""))


@router.post("/sign-in")
async def sign_in(visit: Here) -> Response:
    """Sign in; the second step asks for a code where the account has a second factor."""
    form = await visit.form({"/email": "email", "/password": "password", "/code": "code"})
    seal, sealed = Seal(visit.settings.signing_key.get_secret_value()), form.raw("sealed")
    email, password, code = form.text("email"), form.raw("password"), None
    if sealed:
        opened = seal.open(sealed)
        if opened is None:
            form.wrong("email", _("That took too long. Please begin again."))
            return visit.page("sign_in.html", 422, form=form, sealed="", next=visit.local(form.text("next"), ""))
        (email, password), code = opened, form.text("code")
        form.require("code", _("Give the code."))
    else:
        form.require("email", _("Give your e-mail address."))
        if not password:
            form.wrong("password", _("Give your password."))
    session = None
    try:
        session = await visit.try_(form, visit.ask.sessions.sign_in(email, password, code))
    except HubError as error:
        if error.status != 429:
            raise
        form.refused(error)
    if session is None:
        needs_code = "second_factor_needed" in visit.refused_codes
        if needs_code:
            form.faults.clear()
        kept = seal.close(email, password) if needs_code else sealed
        return visit.page("sign_in.html", 200 if needs_code else 422, form=form, sealed=kept, next=visit.local(form.text("next"), ""))
    setup = session.get("second_factor") == "setup_required"
    to = "/me/second-factor" if setup else visit.local(form.text("next"), "/start")
    return open_session(visit, RedirectResponse(to, 303, headers={"Cache-Control": "no-store"}), session)


@router.get("/start")
async def start(visit: Here) -> Response:
    """The first page of one's role."""
    return visit.go(first_page(visit.role))


@router.post("/sign-out")
async def sign_out(visit: Here) -> Response:
    """End the session."""
    await visit.form()
    if visit.visitor.signed_in and visit.visitor.token:
        try:
            await visit.ask.sessions.sign_out()
        except ProblemFromService as refusal:
            if refusal.problem_status not in (401, 404):
                raise
        visit.request.app.state.sessions.forget(visit.visitor.token)
    return close_session(visit, visit.go("/", "signed-out"))


@router.get("/invitations/{token}")
async def show_invitation(token: LinkToken) -> Response:
    """The link of older mails."""
    return RedirectResponse(f"/welcome/{token}", 303, headers={"Referrer-Policy": "no-referrer"})


@router.get("/welcome/{token}")
async def show_welcome(visit: Here, token: LinkToken) -> Response:
    """Accept an invitation."""
    return secretive(visit.page("welcome.html", form=Form()))


@router.post("/welcome/{token}")
async def accept_invitation(visit: Here, token: LinkToken) -> Response:
    """Make an account of an invitation."""
    form = await visit.form({"/name": "name", "/phone": "phone", "/password": "password", "/share_contact": "share_contact"})
    body: Record = {
        "token": token,
        "password": form.raw("password"),
        "locale": visit.visitor.caller.locale,
        "share_contact": form.ticked("share_contact"),
        "text_version": CONSENT_TEXT,
    }
    body.update({name: form.text(name) for name in ("name", "phone") if form.text(name)})
    if not body["password"]:
        form.wrong("password", _("Choose a password."))
    if await visit.try_(form, visit.ask.sessions.accept_invitation(body)) is None:
        return secretive(visit.page("welcome.html", 422, form=form))
    return visit.go("/sign-in", "welcome")


@router.get("/reset")
async def show_reset(visit: Here) -> Response:
    """Ask for a new password."""
    return visit.page("reset.html", form=Form(), token="")


@router.post("/reset")
async def ask_reset(visit: Here) -> Response:
    """The answer is the same whether or not there is such an account."""
    form = await visit.form({"/email": "email"})
    form.require("email", _("Give your e-mail address."))
    if await visit.try_(form, visit.ask.sessions.ask_reset(form.text("email"))) is None:
        return visit.page("reset.html", 422, form=form, token="")
    return visit.go("/sign-in", "reset-asked")


@router.get("/reset/{token}")
async def show_new_password(visit: Here, token: LinkToken) -> Response:
    """Choose a new password with the link from the mail."""
    return secretive(visit.page("reset.html", form=Form(), token=token))


@router.post("/reset/{token}")
async def complete_reset(visit: Here, token: LinkToken) -> Response:
    """Set the new password."""
    form = await visit.form({"/password": "password"})
    if not form.raw("password"):
        form.wrong("password", _("Choose a password."))
    if await visit.try_(form, visit.ask.sessions.complete_reset(token, form.raw("password"))) is None:
        return secretive(visit.page("reset.html", 422, form=form, token=token))
    return visit.go("/sign-in", "reset")


@router.get("/language/{code}")
@router.post("/language/{code}")
async def choose_language(visit: Here, code: str, next: Next = "/") -> Response:
    """Another language: kept in a cookie, and in the account of whoever is signed in. The page stays, with what was typed into it."""
    if code not in visit.instance.languages:
        raise NoSuchLanguage("The hub does not speak this language.")
    back, form = visit.local(next), Form()
    if visit.request.method == "POST":
        form = await visit.form()
        back = page_for(visit.request, visit.local(form.raw(BACK) or form.text("next")))
        if visit.visitor.signed_in and visit.visitor.token:
            me = await visit.ask.me.profile()
            await visit.ask.me.change({"locale": code}, me["version"])
            visit.request.app.state.sessions.forget(visit.visitor.token)
    response = visit.go(back)
    if not keep_typed(visit, response, back, form):
        response.headers["location"] = visit.go(back, "typed-in-part").headers["location"]
    response.set_cookie(
        LANGUAGE_COOKIE, code, max_age=365 * 86400, path="/", secure=visit.request.app.state.security.secure, httponly=True, samesite="lax"
    )
    return response


def secretive(response: Response) -> Response:
    """A page whose address holds a secret: it is not stored, and not told to other pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
