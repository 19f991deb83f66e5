"""Pages of one organisation: what is known of it and where from, its history, and what would improve the registry."""

from asyncio import gather
from collections.abc import Iterable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from gateway.clients import Listing
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Key = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,80}$")]
Cursor = Annotated[str, Query(max_length=500)]
Noun = Annotated[str, Path(pattern="^(memberships|declarations|initiatives|resources|capacities|practices)$")]
NOUNS = ("memberships", "declarations", "initiatives", "resources", "practices")
MOST_LISTED = "200"


def looked_after_by(visit: Visit, actor_id: str) -> bool:
    """Whether the visitor may change an organisation's records: an editor, or a member of it."""
    if visit.is_one_of("coordinator", "admin"):
        return True
    return visit.is_one_of("member") and str(visit.visitor.caller.actor_id) == actor_id


def grouped(practices: Iterable[Record], kinds: list[Record]) -> list[tuple[str, list[tuple[str, Record]]]]:
    """Practices with their names, group by group in the order of the kinds."""
    found = {row["practice"]: row for row in practices}
    groups: dict[str, list[tuple[str, Record]]] = {}
    for kind in kinds:
        if kind["code"] in found:
            groups.setdefault(kind["group"], []).append((kind["name"], found[kind["code"]]))
    return list(groups.items())


@router.get("/actors/{key}")
async def see_organisation(visit: Here, key: Key) -> Response:
    """One organisation: networks, members, declarations, initiatives, places, practices, offers, each with its source."""
    registry, provenance = visit.ask.registry, visit.ask.provenance
    actor = await registry.actor(key)
    memberships, declarations, initiatives, resources, practices = await gather(*(_about(visit, noun, actor["id"]) for noun in NOUNS))
    capacities = await provenance.listed("capacities", [("municipality", actor["id"]), ("limit", MOST_LISTED)])
    return visit.page(
        "actor.html",
        actor=actor,
        networks=_by_name(memberships.items, actor["id"], "member", "network"),
        members=_by_name(memberships.items, actor["id"], "network", "member"),
        more_memberships=bool(memberships.more),
        declarations=declarations.items,
        initiatives=initiatives.items,
        resources=resources.items,
        capacities=capacities.items,
        practices=grouped(practices.items, await provenance.practice_kinds()) if practices.items else [],
        quality=await provenance.quality(actor["id"]),
        offers=(await visit.ask.directory.search([("actor", actor["id"]), ("limit", "50")])).items,
        may_change=looked_after_by(visit, actor["id"]),
        declares=actor["kind"] in ("municipality", "region"),
    )


def _by_name(memberships: list[Record], actor_id: str, side: str, other: str) -> list[Record]:
    """The memberships in which an organisation is on one side, by the name of the other."""
    return sorted((row for row in memberships if row[side]["id"] == actor_id), key=lambda row: str(row[other]["name"]).casefold())


async def _about(visit: Visit, noun: str, actor_id: str) -> Listing:
    return await visit.ask.provenance.listed(noun, [("actor", actor_id), ("limit", MOST_LISTED)])


@router.get("/actors/{key}/history")
async def see_history(visit: Here, key: Key, cursor: Cursor = "") -> Response:
    """What happened to an organisation's record, newest first."""
    actor = await visit.ask.registry.actor(key)
    listing = await visit.ask.provenance.history("actors", actor["id"], pairs(limit=30, cursor=cursor))
    return visit.page("registry/history.html", title=actor["name"], back=f"/actors/{actor['slug']}", listing=listing)


@router.get("/history/{noun}/{record_id}")
async def see_history_of_record(visit: Here, noun: Noun, record_id: UUID, cursor: Cursor = "") -> Response:
    """What happened to another record, newest first; also after it left the registry."""
    listing = await visit.ask.provenance.history(noun, str(record_id), pairs(limit=30, cursor=cursor))
    return visit.page("registry/history.html", title=None, back="/actors", listing=listing)


@router.get("/quality")
async def see_quality(visit: Here, record: Text = "actor", country: Text = "", kind: Text = "", cursor: Cursor = "") -> Response:
    """The records most worth improving, the lowest score first."""
    wanted = {"record": record, "country": country.strip().upper(), "kind": kind}
    listing = await visit.ask.provenance.worth_improving(pairs(**wanted, cursor=cursor, limit=50))
    form = Form({name: [value] for name, value in wanted.items()})
    return visit.page("registry/quality.html", form=form, listing=listing, wanted=wanted)
