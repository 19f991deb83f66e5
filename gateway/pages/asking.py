"""Pages of asking for help without a name: two short pages to ask, and one to follow with code and words. They need no script and no account."""

import time
from asyncio import gather
from collections.abc import Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError, NotFound
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.notes import Notes, drop_cookie, keep_cookie, read_cookie
from gateway.pages.offer_forms import place_of, rows_of, windows_of
from gateway.pages.open_doors import open_doors
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
COOKIE, PURPOSE = "hub-follow", "follow an ask"
FOLLOW_SECONDS = 1800
"""How long a device may follow without typing the words again."""
FILLING_SECONDS = 4 * 3600
LEAST_SECONDS = 3
"""Nobody fills the form faster."""
CONSENT_TEXT = "2026-11"
"""Version of the consent text that the page shows."""
MOST_NEEDS = 5
POINTERS = {
    "/needs": "windows",
    "/household": "adults",
    "/household/children": "children",
    "/languages": "languages",
    "/location": "place",
    "/location/lat": "lat",
    "/location/lon": "lon",
    "/consent": "consent",
}
KEY_POINTERS = {"/code": "code", "/secret": "words"}


class AskingIsClosed(NotFound):
    """The city does not take requests without a name."""


@router.get("/ask")
async def show_ask(visit: Here, kind: Annotated[str, Query(max_length=80)] = "") -> Response:
    """Choose what is needed; `kind` is chosen already where somebody comes from an offer."""
    doors = await open_doors(visit)
    if not doors.ask:
        return visit.page("asking/closed.html", doors=doors)
    form = visit.typed()
    if not form.values and kind:
        form = Form({"kinds": [kind]})
    if form.text("step") == "who" and form.many("kinds"):
        # The second page answers the first one, at the same address; its language was changed.
        words = await words_of(visit)
        return _who_page(visit, words, form, [code for code in dict.fromkeys(form.many("kinds")) if words.row(code)][:MOST_NEEDS])
    return await _what_page(visit, form)


@router.post("/ask")
async def ask(visit: Here) -> Response:
    """From the kinds of help to the household; then ask."""
    if not (await open_doors(visit)).ask:
        raise AskingIsClosed("This hub does not take requests without a name.")
    words, form = await words_of(visit), await visit.form(POINTERS)
    chosen = [code for code in dict.fromkeys(form.many("kinds")) if words.row(code)][:MOST_NEEDS]
    if not chosen:
        form.wrong("kinds", _("Choose what you need."))
    if len(form.many("kinds")) > MOST_NEEDS:
        form.wrong("kinds", _("Choose at most {most}. You can add more later.", most=MOST_NEEDS))
    if form.faults:
        return await _what_page(visit, form, 422)
    if form.text("step") != "who" or form.text("more_rows"):
        return _who_page(visit, words, form, chosen)
    body = _ask_of(visit, words, form, chosen)
    made = await _try(visit, form, visit.ask.asks.ask(body))
    if made is None:
        return _who_page(visit, words, form, chosen, 422)
    response = visit.go("/ask/noted")
    _keep(visit, response, {"code": made["code"], "secret": made["secret"]}, fresh=True)
    return response


@router.get("/ask/noted")
async def show_words(visit: Here) -> Response:
    """Code and words, large, until the reader says that they are noted."""
    note = _note(visit)
    if not note or not note["fresh"]:
        return visit.go("/follow")
    return _unstored(visit.page("asking/noted.html", key=note["key"]))


@router.post("/ask/noted")
async def words_are_noted(visit: Here) -> Response:
    """They are shown no more."""
    await visit.form()
    note, response = _note(visit), visit.go("/follow")
    if note:
        _keep(visit, response, note["key"], fresh=False)
    return response


@router.get("/follow")
async def show_followed(visit: Here) -> Response:
    """Where everything stands; or code and words first."""
    note = _note(visit)
    if not note:
        return _unstored(visit.page("asking/key.html", form=Form()))
    try:
        found = await visit.ask.asks.follow(note["key"])
    except ProblemFromService as refusal:
        if refusal.problem_status != 404:
            raise
        form = Form()
        form.refused(refusal)
        response = visit.page("asking/key.html", 404, form=form)
        drop_cookie(visit, response, COOKIE)
        return _unstored(response)
    return await _follow_page(visit, found, Form())


@router.post("/follow")
async def follow(visit: Here) -> Response:
    """Let in whoever has code and words; they go into no address."""
    form = await visit.form(KEY_POINTERS)
    form.require("code", _("Give your code."))
    form.require("words", _("Give your six words."))
    key = {"code": form.text("code")[:80], "secret": form.text("words")[:200]}
    if await _try(visit, form, visit.ask.asks.follow(key)) is None:
        return _unstored(visit.page("asking/key.html", 422, form=form))
    response = visit.go("/follow")
    _keep(visit, response, key, fresh=False)
    return response


@router.post("/follow/close")
async def stop_following(visit: Here) -> Response:
    """Forget code and words on this device."""
    await visit.form()
    response = visit.go("/follow", "ask-closed")
    drop_cookie(visit, response, COOKIE)
    return response


@router.post("/follow/withdraw")
async def withdraw(visit: Here) -> Response:
    """One thing, or everything."""
    form, key = await visit.form({"": "withdraw"}), _key(visit)
    if key is None:
        return visit.go("/follow")
    need_id = form.text("need") or None
    if need_id is None and not form.ticked("sure"):
        form.wrong("sure", _("Tick the box if everything is to be withdrawn and deleted."))
    return await _done(visit, form, key, visit.ask.asks.withdraw(key, need_id), "ask-withdrawn")


@router.post("/follow/add")
async def add_need(visit: Here) -> Response:
    """One more thing."""
    form, key = await visit.form({"/need/category": "category", "/need/size": "size", "": "category"}), _key(visit)
    if key is None:
        return visit.go("/follow")
    form.require("category", _("Choose a kind of help."))
    need = {"category": form.text("category"), "size": form.whole("size") or 1}
    return await _done(visit, form, key, visit.ask.asks.add(key, need), "ask-added")


@router.post("/follow/helped")
async def say_helped(visit: Here) -> Response:
    """Whether it helped."""
    form, key = await visit.form(), _key(visit)
    if key is None:
        return visit.go("/follow")
    return await _done(visit, form, key, visit.ask.asks.say_helped(key, form.text("need"), form.text("helped") == "yes"), "ask-helped")


async def _done(visit: Visit, form: Form, key: Record, act: Coroutine[Any, Any, Record], done: str) -> Response:
    """After an act on /follow: on to the page, or back to it with what was wrong."""
    if await _try(visit, form, act) is None:
        return await _follow_page(visit, await visit.ask.asks.follow(key), form, 422)
    return visit.go("/follow", done)


async def _try(visit: Visit, form: Form, act: Coroutine[Any, Any, Record]) -> Record | None:
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


async def _what_page(visit: Visit, form: Form, status: int = 200) -> Response:
    words = await words_of(visit)
    opened = _opened(visit).close(int(time.time()), FILLING_SECONDS)
    return _unstored(visit.page("asking/what.html", status, form=form, words=words, opened=form.text("opened") or opened, most=MOST_NEEDS))


def _who_page(visit: Visit, words: Words, form: Form, chosen: list[str], status: int = 200) -> Response:
    page = visit.page(
        "asking/who.html",
        status,
        form=form,
        words=words,
        chosen=chosen,
        opened=form.text("opened"),
        once=form.text("once", form.once),
        rows=rows_of(form),
        **naming(visit, words),
    )
    return _unstored(page)


async def _follow_page(visit: Visit, found: Record, form: Form, status: int = 200) -> Response:
    words, doors = await gather(words_of(visit), open_doors(visit))
    return _unstored(visit.page("asking/follow.html", status, found=found, form=form, words=words, doors=doors, **naming(visit, words)))


def _ask_of(visit: Visit, words: Words, form: Form, chosen: list[str]) -> Record:
    """The body of an ask. There is no field for a name, a contact or a text."""
    if form.text("website"):
        form.wrong("website", _("Leave this field empty."))
    opened = _opened(visit).open(form.text("opened"))
    if not isinstance(opened, int) or time.time() - opened < LEAST_SECONDS:
        form.values = {**form.values, "opened": [_opened(visit).close(int(time.time()), FILLING_SECONDS)]}
        form.wrong("send", _("That was very quick, or very long ago. Look at it once more, then press the button again."))
    form.require("adults", _("Say how many adults there are."))
    if not form.ticked("consent"):
        form.wrong("consent", _("Without consent to be matched, no help can be looked for."))
    windows, place = windows_of(form), place_of(form, visit.settings.places, 2)
    people = sum(number for number in (form.whole("adults"), form.whole("children")) if isinstance(number, int))
    needs = [
        {
            "category": code,
            "size": max(1, min(people, 100)) if form.ticked("for_all", code) and (words.row(code) or {}).get("unit") != "household" else 1,
            "max_travel_km": form.decimal("max_travel_km") or 0,
            "windows": windows,
            "from": form.text("from") or None,
        }
        for code in chosen
    ]
    body: Record = {
        "household": {"adults": form.whole("adults"), "children": form.whole("children") or 0},
        "languages": form.many("languages"),
        "needs": needs,
        "consent": {"match": form.ticked("consent"), "text_version": CONSENT_TEXT},
        "once": form.text("once") or form.once,
    }
    if place is not None:
        body["location"] = place
    return body


def _opened(visit: Visit) -> Notes:
    return Notes.of(visit, "form was opened")


def _note(visit: Visit) -> Record | None:
    note: Record | None = Notes.of(visit, PURPOSE).open(read_cookie(visit, COOKIE))
    return note


def _key(visit: Visit) -> Record | None:
    note = _note(visit)
    return note["key"] if note else None


def _keep(visit: Visit, response: Response, key: Record, *, fresh: bool) -> None:
    keep_cookie(visit, response, COOKIE, Notes.of(visit, PURPOSE).close({"key": key, "fresh": fresh}, FOLLOW_SECONDS), FOLLOW_SECONDS)


def _unstored(response: Response) -> Response:
    """A page that is for its reader alone: nothing between keeps it, and no other page is told where it was."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
