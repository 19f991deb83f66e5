"""Several things at once: each is done one by one, as if its own button were pressed, and the page says what was done and what was not, and why."""

import asyncio
import hashlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import HubError
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import WORDS
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST = 100
KIND_OF = {"confirm": "need", "withdraw": "need", "remind": "match", "extend": "match", "close": "case", "approve": "offer"}
"""Each act, and what it is done with."""
PAGE_OF = {"need": "/needs/", "match": "/matches/", "case": "/cases/", "offer": "/offers/"}


@dataclass(frozen=True, slots=True)
class Ticked:
    """One thing that was ticked; `other` is the offer to confirm."""

    kind: str
    id: str
    other: str = ""

    @classmethod
    def read(cls, text: str) -> "Ticked | None":
        """From `kind:id` or `kind:id:other`; None where the form was tampered with."""
        kind, _, rest = text.partition(":")
        key, _, other = rest.partition(":")
        try:
            return cls(kind, str(UUID(key)), str(UUID(other)) if other else "") if kind in PAGE_OF else None
        except ValueError:
            return None

    @property
    def page(self) -> str:
        """Where it is shown."""
        return f"{PAGE_OF[self.kind]}{self.id}"


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one; `why_not` where it was not done."""

    ticked: Ticked
    why_not: str = ""
    answer: Any = None
    """What the service answered (Any: JSON)."""


@router.post("/bulk")
async def act_on_several(visit: Here) -> Response:
    """Do one thing (`one`: the button of a line), or the chosen thing (`verb`) with everything that is ticked (`on`)."""
    form = await visit.form()
    back = visit.local(form.text("back"), "/desk")
    verb, texts = form.text("verb"), form.many("on")
    if form.text("one"):
        verb, _colon, single = form.text("one").partition("|")
        texts = [single]
    chosen = list(dict.fromkeys(found for found in map(Ticked.read, texts) if found is not None))[:MOST]
    if verb not in KIND_OF or not chosen:
        return await _report(visit, back, verb if verb in KIND_OF else "", [], _("Tick at least one line, and choose what to do."))
    told = [await _do(visit, verb, one, form) for one in chosen]
    if form.text("one") and not told[0].why_not:
        return _after_one(visit, verb, told[0], back)
    return await _report(visit, back, verb, told)


async def _do(visit: Visit, verb: str, one: Ticked, form: Form) -> Told:
    """One of them. The same form sent again has the same word for it, so nothing is done twice."""
    if one.kind != KIND_OF[verb] or (verb == "confirm" and not one.other):
        return Told(one, _("This cannot be done with it."))
    once = hashlib.sha256(f"{form.text('once')}|{verb}|{one.id}|{one.other}".encode()).hexdigest()[:40] if form.text("once") else None
    try:
        return Told(one, "", await _asked(visit, verb, one, f"bulk-{once}" if once else None))
    except HubError as refusal:
        return Told(one, _(refusal.message, **refusal.params) if refusal.message else _("This cannot be done now"))


def _asked(visit: Visit, verb: str, one: Ticked, once: str | None) -> Coroutine[Any, Any, Any]:  # Any: what the client answers
    if verb == "confirm":
        return visit.ask.matches.confirm(one.id, one.other, once)
    if one.kind == "match":
        return visit.ask.desk.on_match(one.id, verb, {"days": 7} if verb == "extend" else None, once)
    if one.kind == "need":
        return visit.ask.desk.on_need(one.id, verb, once)
    if one.kind == "case":
        return visit.ask.desk.on_case(one.id, verb, None, once)
    return visit.ask.offers.act(one.id, verb, None, once)


def _after_one(visit: Visit, verb: str, told: Told, back: str) -> Response:
    """Back to the list; after a confirmation with what takes it back."""
    if verb == "confirm" and back.startswith("/desk"):
        return visit.go(f"{back}{'&' if '?' in back else '?'}confirmed={told.answer['id']}")
    done = {"confirm": "match-confirmed", "withdraw": "need-withdrawn", "close": "case-closed", "approve": "offer-approve"}
    return visit.go(back, done.get(verb, f"match-{verb}"))


async def _report(visit: Visit, back: str, verb: str, told: list[Told], fault: str = "") -> Response:
    words, names = await asyncio.gather(words_of(visit), _names(visit, [one.ticked for one in told if one.why_not]))
    return visit.page(
        "bulk_done.html",
        422 if fault else 200,
        back=back,
        verb=verb if verb in WORDS["bulk"] else "",
        succeeded=sum(not one.why_not for one in told),
        failed=[one for one in told if one.why_not],
        names=names,
        fault=fault,
        **naming(visit, words),
    )


async def _names(visit: Visit, ticked: list[Ticked]) -> dict[str, Any]:  # Any: JSON records by id
    """What was not done, read so that it can be named; what cannot be read stays without a name."""
    read = {"need": visit.ask.needs.need, "match": visit.ask.matches.match, "case": visit.ask.cases.case, "offer": visit.ask.offers.offer}

    async def one(found: Ticked) -> Any:  # Any: JSON
        try:
            return await read[found.kind](found.id)
        except HubError:
            return None

    shown = ticked[:20]
    records = await asyncio.gather(*(one(found) for found in shown))
    return {found.id: record for found, record in zip(shown, records, strict=True) if record is not None}
