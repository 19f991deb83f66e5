"""Pages of offering help, with or without an account: one thing a page, kept as one goes, confirmed by a mailed link, then posted."""

import hashlib
from dataclasses import replace
from math import cos, hypot, radians
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from chassis.contact_hints import contact_hints
from chassis.context import locale
from chassis.errors import HubError
from chassis.identity import Caller
from gateway.clients import Asker, Clients, ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.filled import form_of_call
from gateway.pages.forms import Form
from gateway.pages.notes import MOST_BYTES, Notes, drop_cookie, keep_cookie, read_cookie
from gateway.pages.offer_forms import OFFER_POINTERS, offer_of, rows_of
from gateway.pages.open_doors import open_doors
from gateway.pages.signing_in import CONSENT_TEXT, open_session
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import say as _
from gateway.session import Visitor

router = APIRouter(route_class=PageRoute, include_in_schema=False)
COOKIE, PURPOSE = "hub-offer", "draft of an offer"
KEPT_SECONDS = 2 * 86_400
CARRIED_SECONDS = 15 * 86_400
"""Longer than a mailed link works, whatever the city set."""
KEPT_FIELDS = {
    "category", "title", "description", "text_language", "places", "returns", "languages", "place", "lat", "lon", "radius_km", "remote", "rows",
    "valid_from", "valid_until",
}  # fmt: skip
ROW_FIELDS = ("day", "start", "end", "topic", "level", "level_to")
NEAR_DEGREES = 0.05
"""About five kilometres: a place of the city so near stands for the area of a call."""
LinkToken = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{20,100}$")]
Text = Annotated[str, Query(max_length=500)]


@router.get("/offer")
async def choose_kind(visit: Here) -> Response:
    """What would you like to offer?"""
    if not await _may_begin(visit):
        return visit.page("offering/closed.html")
    words, draft = await words_of(visit), _draft(visit)
    begun = next((f"/offer/{page}" for name, page in (("title", "check"), ("description", "what")) if draft.get(name)), None)
    return visit.page("offering/kind.html", words=words, begun=begun)


@router.get("/offer/what")
async def show_what(visit: Here, category: Text = "", languages: Text = "", day: Text = "", part: Text = "", near: Text = "") -> Response:
    """What it is, how many, in which languages. What a call for help asks for is kept from here on, also through a change of language."""
    words, form = await words_of(visit), Form(_draft(visit))
    row = words.row(category) or words.row(form.text("category"))
    if row is None or not await _may_begin(visit):
        return visit.go("/offer")
    if not (form.text("title") or form.text("description")) and category:
        asked = form_of_call(row, [code for code in languages.split(",") if code in words.languages], day, part)
        form = Form({**asked.values, **_place_near(visit, near), "category": [row["code"]]})
    response = _what_page(visit, words, row, form)
    if category:
        _keep(visit, response, {**form.values, "category": [row["code"]]})
    return response


@router.post("/offer/keep", status_code=204)
async def keep_unfinished(visit: Here) -> Response:
    """Keep a page as it stands while somebody fills it in; nothing is checked before they go on. For the pages' script."""
    form = await visit.form()
    draft, response = _merged(_draft(visit), form), Response(status_code=204, headers={"Cache-Control": "no-store"})
    if len(Notes.of(visit, PURPOSE).close(draft, KEPT_SECONDS)) <= MOST_BYTES:
        _keep(visit, response, draft)
    return response


@router.post("/offer/what")
async def keep_what(visit: Here) -> Response:
    """Keep it, and on."""
    words, form = await words_of(visit), await visit.form(OFFER_POINTERS)
    row = words.row(form.text("category"))
    if row is None:
        return visit.go("/offer")
    form.require("title", _("Give your offer a title."))
    places = form.whole("places")
    if not isinstance(places, int) or not 1 <= places <= 10_000:
        form.wrong("places", _("Say how many."))
    for name, longest in (("title", 120), ("description", 600)):
        if contact_hints(form.text(name)):
            form.wrong(name, _("This text is public: leave out e-mail addresses, telephone numbers and numbers of documents."))
        if len(form.text(name)) > longest:
            form.wrong(name, _("Use at most {most} characters.", most=longest))
    if form.faults:
        return _what_page(visit, words, row, form, 422)
    return _kept(visit, form, "/offer/where")


@router.get("/offer/where")
async def show_where(visit: Here) -> Response:
    """Where and when."""
    draft = _draft(visit)
    return visit.page("offering/where.html", form=Form(draft), rows=rows_of(Form(draft))) if draft.get("title") else visit.go("/offer")


@router.post("/offer/where")
async def keep_where(visit: Here) -> Response:
    """Keep it, and on."""
    form, draft = await visit.form(OFFER_POINTERS), _draft(visit)
    if not draft.get("title"):
        return visit.go("/offer")
    if form.text("more_rows"):
        return visit.page("offering/where.html", form=form, rows=rows_of(form))
    words = await words_of(visit)
    row = words.row(Form(draft).text("category"))
    if row is None:
        return visit.go("/offer")
    whole = Form(_merged(draft, form), OFFER_POINTERS)
    offer_of(whole, row, visit.settings.places)
    if whole.text("valid_from") and whole.text("valid_until") and whole.text("valid_until") < whole.text("valid_from"):
        whole.wrong("valid_until", _("The last day must not lie before the first."))
    if whole.faults:
        return visit.page("offering/where.html", 422, form=whole, rows=rows_of(whole))
    return _kept(visit, form, "/offer/check")


@router.get("/offer/check")
async def show_summary(visit: Here) -> Response:
    """Everything once more, and the e-mail address."""
    return await _check_page(visit, Form())


@router.post("/offer/check")
async def finish(visit: Here) -> Response:
    """Post it, or send the link that confirms the address."""
    form, draft = await visit.form({"/email": "email", "/carry": "email"}), _draft(visit)
    if not draft.get("title"):
        return visit.go("/offer")
    if visit.may("POST", "/api/v1/offers"):
        return await _post(visit, visit.ask, draft, form.text("once"))
    form.require("email", _("Give your e-mail address."))
    carry = Notes.of(visit, PURPOSE).close(draft, CARRIED_SECONDS)
    if await _try(visit, form, visit.ask.registrations.register(form.text("email"), locale(), carry)) is None:
        return await _check_page(visit, form, 422)
    response = visit.go("/offer/sent")
    drop_cookie(visit, response, COOKIE)
    return response


@router.get("/offer/sent")
async def show_sent(visit: Here) -> Response:
    """A mail is on its way."""
    return visit.page("offering/sent.html")


@router.get("/offer/confirm/{token}")
async def show_confirm(visit: Here, token: LinkToken) -> Response:
    """The link from the mail. Nothing happens before the button is pressed: mail programs open links by themselves."""
    return _secretive(visit.page("offering/confirm.html", form=Form()))


@router.post("/offer/confirm/{token}")
async def confirm(visit: Here, token: LinkToken) -> Response:
    """The address is confirmed: the account is there, and the offer is posted as its holder's."""
    form = await visit.form({"/name": "name", "/share_contact": "share_contact"})
    body: Record = {"token": token, "share_contact": form.ticked("share_contact"), "text_version": CONSENT_TEXT}
    if form.text("name"):
        body["name"] = form.text("name")
    confirmed = await _try(visit, form, visit.ask.registrations.confirm(body))
    if confirmed is None:
        return _secretive(visit.page("offering/confirm.html", 422, form=form))
    draft = _read(visit, confirmed["carry"])
    session = confirmed["session"]
    if session is None:
        signed_in = visit.may("POST", "/api/v1/offers")
        response: Response = visit.go("/offer/check" if signed_in else "/sign-in?next=/offer/check", None if signed_in else "offer-kept")
        _keep(visit, response, draft)
        return _secretive(response)
    if not draft.get("title"):
        return open_session(visit, visit.go("/start", "address-confirmed"), session)
    caller = Caller(kind="account", id=confirmed["account_id"], role="volunteer", locale=locale())
    visitor = Visitor(caller, session["access_token"], by_cookie=True, session_id=str(session["session_id"]))
    asker = Asker(visitor, visit.asker.lines, visit.asker.permissions, visit.asker.limits, visit.asker.address)
    entered = replace(visit, visitor=visitor, ask=Clients.over(asker), asker=asker)
    once = "offer-" + hashlib.sha256(token.encode()).hexdigest()[:40]
    try:
        response = await _post(entered, entered.ask, draft, once)
    except HubError:
        # The link is used up; the offer is not lost, and is posted with one press when all of the hub is back.
        response = visit.go("/offer/check", "address-confirmed")
        _keep(visit, response, draft)
    return _secretive(open_session(visit, response, session))


def _place_near(visit: Visit, near: str) -> dict[str, list[str]]:
    """The place of a call for help, for the form: the nearest of the city's places, or the point itself."""
    parts = near.split(",")
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return {}
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return {}
    places = visit.settings.places
    nearest = min(
        range(len(places)), key=lambda number: hypot(places[number].lat - lat, (places[number].lon - lon) * cos(radians(lat))), default=None
    )
    if nearest is not None and hypot(places[nearest].lat - lat, (places[nearest].lon - lon) * cos(radians(lat))) < NEAR_DEGREES:
        return {"place": [str(nearest)]}
    return {"lat": [f"{lat:.2f}"], "lon": [f"{lon:.2f}"]}


async def _may_begin(visit: Visit) -> bool:
    """Whoever may post offers, and anybody without an account where the city lets them."""
    return visit.may("POST", "/api/v1/offers") or (not visit.visitor.signed_in and (await open_doors(visit)).offer)


async def _post(visit: Visit, ask: Clients, draft: Record, once: str) -> Response:
    """Post the draft; what the service finds wrong is mended on one page with all fields."""
    words = await words_of(visit)
    form = Form(draft, OFFER_POINTERS)
    row = words.row(form.text("category"))
    if row is None:
        return visit.go("/offer")
    offer = await visit.try_(form, ask.offers.post(offer_of(form, row, visit.settings.places), once or form.once))
    if offer is None:
        return visit.page("offer_form.html", 422, form=form, row=row, words=words, rows=rows_of(form))
    response = visit.go(f"/offers/{offer['id']}", "offer-posted")
    drop_cookie(visit, response, COOKIE)
    return response


async def _try(visit: Visit, form: Form, act: Any) -> Record | None:  # Any: a coroutine
    """Ask; what can be mended, or must be waited for, goes to the form."""
    try:
        found: Record | None = await visit.try_(form, act)
    except HubError as error:
        status = error.problem_status if isinstance(error, ProblemFromService) else error.status
        if status not in (403, 404, 429, 503):
            raise
        form.refused(error)
        return None
    return found


def _what_page(visit: Visit, words: Words, row: Record, form: Form, status: int = 200) -> Response:
    return visit.page("offering/what.html", status, form=form, row=row, words=words)


async def _check_page(visit: Visit, form: Form, status: int = 200) -> Response:
    words, draft = await words_of(visit), _draft(visit)
    kept = Form(draft)
    row = words.row(kept.text("category"))
    if row is None or not kept.text("title"):
        return visit.go("/offer")
    offer = offer_of(kept, row, visit.settings.places)
    if kept.faults:
        return visit.go("/offer/where")
    posts = visit.may("POST", "/api/v1/offers")
    return visit.page("offering/check.html", status, form=form, offer=offer, row=row, words=words, posts=posts, **naming(visit, words))


def _draft(visit: Visit) -> dict[str, list[str]]:
    """What was kept of the offer so far."""
    return _read(visit, read_cookie(visit, COOKIE))


def _read(visit: Visit, sealed: str | None) -> dict[str, list[str]]:
    note = Notes.of(visit, PURPOSE).open(sealed)
    return note if isinstance(note, dict) else {}


def _merged(draft: dict[str, list[str]], form: Form) -> dict[str, list[str]]:
    """The draft with what a page says; boxes that the page shows and that are not ticked any more go."""
    shown = {"returns", "languages"} if "title" in form.values else {"remote"} | {f"{name}{row}" for row in range(20) for name in ROW_FIELDS[:3]}
    kept = {name: values for name, values in draft.items() if name not in shown}
    sent = {name: [value for value in values if value] for name, values in form.values.items() if _is_kept(name)}
    return kept | {name: values for name, values in sent.items() if values or name in kept}


def _is_kept(name: str) -> bool:
    return name in KEPT_FIELDS or any(name.startswith(prefix) and name[len(prefix) :].isdecimal() for prefix in ROW_FIELDS)


def _kept(visit: Visit, form: Form, on: str) -> Response:
    """Keep what a page says, and go on."""
    response = visit.go(on)
    draft = _merged(_draft(visit), form)
    if len(Notes.of(visit, PURPOSE).close(draft, KEPT_SECONDS)) > MOST_BYTES:
        form.wrong("description", _("This is too long to be kept. Shorten the description."))
        return visit.page("offering/too_long.html", 422, form=form)
    _keep(visit, response, draft)
    return response


def _keep(visit: Visit, response: Response, draft: Record) -> None:
    keep_cookie(visit, response, COOKIE, Notes.of(visit, PURPOSE).close(draft, KEPT_SECONDS), KEPT_SECONDS)


def _secretive(response: Response) -> Response:
    """A page whose address holds a secret: it is not stored, and not told to other pages."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
