"""Pages on which anybody suggests what is missing or wrong, reads how it ended, and says that a record is their own organisation's."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.context import locale
from chassis.errors import HubError
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.registry.actor import Key
from gateway.pages.vocabulary import words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
KINDS = ("missing_actor", "place_city", "missing_membership", "missing_resource")
FIELDS = ("name", "local_name", "country", "lat", "lon", "population", "website")
POINTERS = {
    **{f"/values/{name}": name for name in (*FIELDS, "kind", "since", "role", "title", "authors", "year", "url", "topic_themes")},
    **{f"/values/municipality/{name}": name for name in FIELDS},
    **{f"/values/declaration/{name}": name for name in ("type", "date", "title")},
    "/values/member_id": "member", "/values/network_id": "network", "/values/municipality_id": "name", "/source": "source", "/note": "note",
    "/values/languages": "language", "/homepage": "homepage", "/email": "email",
}  # fmt: skip
Given = dict[str, Any]
"""Proposed values (Any: JSON)."""


async def _found(visit: Visit, form: Form, name: str, **only: str) -> Record | None:
    """The organisation that a field names, by readable key or by its exact or only name."""
    text = form.text(name)
    if not text:
        return None
    if text.isascii() and text.replace("-", "").isalnum() and text == text.lower():
        try:
            return await visit.ask.registry.actor(text)
        except ProblemFromService as refusal:
            if refusal.problem_status != 404:
                raise
    found = await visit.ask.registry.actors([("q", text[:100]), ("limit", "10"), *only.items()])
    exact = [row for row in found.items if text.casefold() in (row["name"].casefold(), (row.get("local_name") or "").casefold())]
    rows = exact if len(exact) == 1 else found.items
    return rows[0] if len(rows) == 1 else None


async def _organisation(visit: Visit, form: Form) -> Given:
    return {"kind": form.text("kind"), **_filled(form)}


def _filled(form: Form) -> Given:
    values: Given = {name: form.text(name) for name in ("name", "local_name", "website")}
    values["country"] = form.text("country").upper()
    values |= {name: form.decimal(name) for name in ("lat", "lon")} | {"population": form.whole("population")}
    return {name: value for name, value in values.items() if value not in ("", None)}


async def _city(visit: Visit, form: Form) -> Given:
    declaration = {name: form.text(name) for name in ("type", "date", "title")}
    known = await _found(visit, form, "name", kind="municipality") if form.text("name") else None
    if known is not None and known["kind"] == "municipality" and known.get("country") in (None, form.text("country").upper() or known.get("country")):
        return {"municipality_id": known["id"], "declaration": declaration}
    return {"municipality": _filled(form), "declaration": declaration}


async def _membership(visit: Visit, form: Form) -> Given:
    found = {name: await _found(visit, form, name, **({"kind": "network"} if name == "network" else {})) for name in ("network", "member")}
    for name, actor in found.items():
        if actor is None:
            form.wrong(name, _("Write the name as it stands in the registry. If it is not there, suggest the organisation first."))
    ids = {f"{name}_id": actor["id"] for name, actor in found.items() if actor is not None}
    since = form.whole("since")
    return {**ids, "role": form.text("role", "member"), **({"since": since} if since is not None else {})}


async def _resource(visit: Visit, form: Form) -> Given:
    values: Given = {name: form.text(name) for name in ("title", "kind", "authors", "url")} | {"year": form.whole("year")}
    lists = {"languages": form.many("language"), "topic_themes": form.many("topic_themes")}
    return {name: value for name, value in (values | lists).items() if value not in ("", None, [], [""])}


PROPOSALS: dict[str, Callable[[Visit, Form], Awaitable[Given]]] = {
    "missing_actor": _organisation,
    "place_city": _city,
    "missing_membership": _membership,
    "missing_resource": _resource,
}


def _differences(form: Form, actor: Record) -> Given:
    """What somebody wants to change of an organisation; a field that was emptied is null."""
    wanted: Given = {name: form.text(name) or None for name in ("name", "local_name", "website")}
    wanted["country"] = form.text("country").upper() or None
    wanted |= {name: form.decimal(name) for name in ("lat", "lon")} | {"population": form.whole("population")}
    changes = {name: value for name, value in wanted.items() if value != actor.get(name)}
    if {"lat", "lon"} & changes.keys():
        changes |= {name: wanted[name] for name in ("lat", "lon")}
    return changes


async def _shown(visit: Visit, form: Form, kind: str, actor: Record | None, status: int = 200) -> Response:
    stamp = form.text("stamp")
    if not visit.visitor.signed_in and (not stamp or any(fault.field is None for fault in form.faults)):
        # A fault of no field may be the stamp's: it was used, or the form was open for too long.
        stamp = await visit.ask.suggestions.stamp()
    languages = (await words_of(visit)).language_choices if kind == "missing_resource" else []
    return visit.page("registry/suggest.html", status, form=form, kind=kind, actor=actor, stamp=stamp, languages=languages)


@router.get("/suggest")
async def show_suggest(visit: Here, kind: Text = "", actor: Text = "", network: Text = "") -> Response:
    """What is missing or wrong? One question first, then one short form."""
    found = await visit.ask.registry.actor(actor) if actor and actor.replace("-", "").isalnum() else None
    if found is not None and kind not in KINDS:
        kind = "correction"
        values = {name: [str(found[name])] for name in FIELDS if found.get(name) is not None}
        return await _shown(visit, Form(values), kind, found)
    if kind not in KINDS:
        return visit.page("registry/suggest_what.html")
    if found is not None and kind == "place_city":
        return await _shown(visit, Form({name: [str(found[name])] for name in FIELDS if found.get(name) is not None}), kind, None)
    prefilled = {name: [text] for name, text in (("member", found["name"] if found else ""), ("network", network)) if text}
    return await _shown(visit, Form(prefilled), kind, None)


@router.post("/suggest")
async def suggest(visit: Here) -> Response:
    """Send it. The answer shows the number and the secret once."""
    form = await visit.form(POINTERS)
    kind, key = form.text("suggestion"), form.text("actor")
    actor = await visit.ask.registry.actor(key) if kind == "correction" and key.replace("-", "").isalnum() else None
    if kind not in KINDS and actor is None:
        return visit.page("registry/suggest_what.html", 422)
    form.require("source", _("Say where others can read this."))
    if actor is not None:
        values = _differences(form, actor)
        if not values:
            form.wrong("name", _("Nothing differs from the registry yet. Change what is wrong."))
    else:
        values = await PROPOSALS[kind](visit, form)
    body = {
        "kind": kind, "values": values, "source": form.text("source"), "note": form.text("note") or None, "stamp": form.text("stamp") or None,
        "homepage": form.raw("homepage")[:200], "record": {"kind": "actor", "id": actor["id"]} if actor is not None else None,
    }  # fmt: skip
    sent = await visit.try_(form, visit.ask.suggestions.send(body))
    if sent is None:
        return await _shown(visit, form, kind, actor, 422)
    left = await _leave_address(visit, form, sent["id"])
    return visit.page("registry/suggest_sent.html", form=form, sent=sent, left=left)


async def _leave_address(visit: Visit, form: Form, suggestion_id: str) -> bool | None:
    """Whether an address was left; None where none was given. The suggestion is taken even if the address is not."""
    if not form.text("email"):
        return None
    body = {"suggestion_id": suggestion_id, "email": form.text("email"), "locale": locale()}
    try:
        await visit.ask.suggestions.leave_address(body)
    except HubError:
        return False
    return True


@router.get("/suggest/answer")
@router.get("/suggest/answer/{suggestion_id}")
async def show_answer(visit: Here, suggestion_id: UUID | None = None) -> Response:
    """Ask what became of a suggestion."""
    form = Form({"id": [str(suggestion_id)]} if suggestion_id else {})
    return visit.page("registry/suggest_answer.html", form=form, found=None)


@router.post("/suggest/answer")
@router.post("/suggest/answer/{suggestion_id}")
async def read_answer(visit: Here, suggestion_id: UUID | None = None) -> Response:
    """Read it, with the secret; it travels in the form, never in an address."""
    form = await visit.form({"/id": "id", "/secret": "secret"})
    body = {"id": form.text("id"), "secret": form.text("secret")}
    found = None
    try:
        found = await visit.try_(form, visit.ask.suggestions.outcome(body))
    except ProblemFromService as refusal:
        if refusal.problem_status != 404:
            raise
        form.refused(refusal)
    return visit.page("registry/suggest_answer.html", 200 if found else 422, form=form, found=found)


@router.get("/actors/{key}/claim")
async def show_claim(visit: Here, key: Key) -> Response:
    """This is your organisation? Say so."""
    actor = await visit.ask.registry.actor(key)
    if visit.visitor.signed_in:
        visit.asker.require("POST", f"/api/v1/actors/{actor['id']}/claims")
    return visit.page("registry/claim.html", form=Form(), actor=actor)


@router.post("/actors/{key}/claim")
async def claim(visit: Here, key: Key) -> Response:
    """Ask for it; coordinators decide."""
    actor = await visit.ask.registry.actor(key)
    visit.asker.require("POST", f"/api/v1/actors/{actor['id']}/claims")
    form = await visit.form({"/text": "text"})
    form.require("text", _("Say in a few words what you do there."))
    if await visit.try_(form, visit.ask.suggestions.claim(actor["id"], {"text": form.text("text")})) is None:
        return visit.page("registry/claim.html", 422, form=form, actor=actor)
    return visit.go(f"/actors/{actor['slug']}", "claim-made")


@router.post("/actors/{key}/claim/end")
async def end_claim(visit: Here, key: Key) -> Response:
    """The organisation no longer keeps its own record."""
    actor = await visit.ask.registry.actor(key)
    visit.asker.require("POST", f"/api/v1/actors/{actor['id']}/claims/end")
    await visit.form()
    await visit.ask.suggestions.end_claims(actor["id"])
    return visit.go(f"/actors/{actor['slug']}", "saved")
