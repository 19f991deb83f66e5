"""The link in a mail that answers a request without signing in: opening it shows what is asked, and only a button answers."""

import contextlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Response

from chassis.errors import HubError
from gateway.clients import Asker, Clients, ProblemFromService
from gateway.clients.asking import Record
from gateway.clients.own import LinkIsOver, caller_of_link, visitor_of_link
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.spans import left
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
LONGEST_TOKEN = 100
Verb = Annotated[str, Path(pattern="^(accept|decline)$")]
Done = Annotated[str, Path(pattern="^(accepted|declined)$")]


@router.get("/answer")
async def show_door(visit: Here) -> Response:
    """The secret stands behind the number sign of the address, so it is not sent: the page's script puts it into the form, or the reader does."""
    return secretive(visit.page("own/answer.html", form=Form()))


@router.post("/answer")
async def show_request(visit: Here) -> Response:
    """What is asked, with two buttons; nothing is changed yet."""
    return await _request_page(visit, await visit.form())


@router.post("/answer/{verb}")
async def answer(visit: Here, verb: Verb) -> Response:
    """Accept or decline; the link does not work again."""
    form = await visit.form({"/reason": "reason"})
    if verb == "decline":
        form.require("reason", _("Choose one."))
    if form.faults:
        return await _request_page(visit, form, 422)
    token = form.text("token")
    try:
        link = await _opened(visit, token)
        await visit.ask.links.answer_match(caller_of_link(link), str(link["match_id"]), verb, form.text("reason") or None)
    except LinkIsOver:
        return _over(visit)
    except ProblemFromService as refusal:
        if refusal.problem_status not in (403, 404, 409, 412):
            raise
        return _over(visit)
    with contextlib.suppress(HubError):
        # Where this fails the request is answered all the same; `people` ends the link by itself when it hears of that.
        await visit.ask.links.use_answer(token)
    return secretive(visit.go("/answer/accepted" if verb == "accept" else "/answer/declined"))


@router.get("/answer/{done}")
async def show_thanks(visit: Here, done: Done) -> Response:
    """It was answered."""
    return visit.page("own/answered.html", accepted=done == "accepted")


def secretive(response: Response) -> Response:
    """A page that is not stored. Its address holds no secret, so that it may be told to our own pages: browsers of any age then name their origin."""
    response.headers["Cache-Control"] = "no-store"
    return response


async def _opened(visit: Visit, token: str) -> Record:
    if not 20 <= len(token) <= LONGEST_TOKEN or not token.isascii():
        raise LinkIsOver("This link does not work any more.")
    return await visit.ask.links.open_answer(token)


async def _request_page(visit: Visit, form: Form, status: int = 200) -> Response:
    try:
        link = await _opened(visit, form.text("token"))
        asker = Asker(visitor_of_link(link), visit.asker.lines, visit.asker.permissions, visit.asker.limits, visit.asker.address)
        holder = replace(visit, ask=Clients.over(asker), asker=asker)
        match = await holder.ask.matches.match(str(link["match_id"]))
    except LinkIsOver:
        return _over(visit)
    except ProblemFromService as refusal:
        if refusal.problem_status not in (403, 404):
            raise
        return _over(visit)
    if match["state"] != "confirmed":
        return _over(visit)
    words = await words_of(visit)
    page = visit.page("own/answer_choose.html", status, match=match, title=await _title(holder, match), form=form, left=left, **naming(visit, words))
    return secretive(page)


async def _title(holder: Visit, match: Record) -> Record | None:
    """What the holder's own offer is called; the rest of it is not shown here."""
    try:
        title: Record = (await holder.ask.offers.offer(match["offer_id"]))["title"]
    except HubError:
        return None
    return title


def _over(visit: Visit) -> Response:
    return secretive(visit.page("own/answer_over.html", 410))
