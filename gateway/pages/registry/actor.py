"""Pages of one organisation: what is known of it and where from, its history, and what would improve the registry."""

from asyncio import gather
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Annotated
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from chassis.context import locale
from gateway.clients import Listing
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.quietly import quietly
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Key = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,80}$")]
Cursor = Annotated[str, Query(max_length=500)]
Noun = Annotated[str, Path(pattern="^(memberships|declarations|initiatives|resources|capacities|practices)$")]
NOUNS = ("memberships", "declarations", "initiatives", "resources", "practices")
MOST_LISTED = "200"
NEAR_KM, NEIGHBOURS = "80", 8
KM_PER_DEGREE = 111.195
NOTHING: Record = {}


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to copy; `address` opens it in the reader's own mail program, to nobody yet."""

    subject: str
    text: str
    address: str


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
    """One organisation or city: what it declared, runs and offers, where it belongs, who is near, each fact with its source."""
    registry, provenance = visit.ask.registry, visit.ask.provenance
    actor = await registry.actor(key)
    declares = actor["kind"] in ("municipality", "region")
    lists, kinds, quality, offers, near, words = await gather(
        gather(*(_about(visit, noun, actor["id"]) for noun in (*NOUNS, "capacities"))),
        provenance.practice_kinds(),
        quietly(provenance.quality(actor["id"]), NOTHING),
        quietly(visit.ask.directory.search([("actor", actor["id"]), ("limit", "50"), ("order", "useful"), ("speaks", locale())]), Listing([])),
        quietly(_neighbours(visit, actor), []),
        words_of(visit),
    )
    memberships, declarations, initiatives, resources, practices, capacities = lists
    return visit.page(
        "actor.html",
        actor=actor,
        networks=_by_name(memberships.items, actor["id"], "member", "network"),
        members=_by_name(memberships.items, actor["id"], "network", "member"),
        more_memberships=bool(memberships.more),
        declarations=sorted(declarations.items, key=lambda row: str(row["date"]), reverse=True),
        initiatives=initiatives.items,
        resources=resources.items,
        capacities=capacities.items,
        practices=grouped(practices.items, kinds) if practices.items else [],
        quality=quality,
        offers=offers.items,
        neighbours=near,
        neighbour_points=[_point(actor, strong=True), *(_point(row) for row in near)] if near else [],
        letter=letter_of(actor, visit.settings.public_url) if actor["kind"] == "municipality" and not declarations.items else None,
        may_change=looked_after_by(visit, actor["id"]),
        may_end_claim=looked_after_by(visit, actor["id"]) and visit.may("POST", f"/api/v1/actors/{actor['id']}/claims/end"),
        declares=declares,
        **naming(visit, words),
    )


def letter_of(actor: Record, hub: str) -> Letter:
    """A letter to the mayor of a city of which no declaration is known, in the reader's language, to be changed and sent by the reader alone."""
    city = actor["name"]
    subject = _("{city} and people who had to flee", city=city)
    text = "\n\n".join(
        (
            _("Dear Mayor,"),
            _("I live in {city}, or near it. Many cities in Europe have declared in public that they welcome people who had to flee.", city=city),
            _("I ask you to put such a declaration before the council, and to say how many people the city can receive, and what it offers them."),
            _(
                "Other cities can be asked how they did it: they work together in networks. What they declared can be read here: {address}",
                address=f"{hub}/actors?has_declaration=true",
            ),
            _("Please tell me what the city plans."),
            _("With kind regards"),
        )
    )
    return Letter(subject, text, "mailto:?" + urlencode({"subject": subject, "body": text}, quote_via=quote))


async def _neighbours(visit: Visit, actor: Record) -> list[Record]:
    """Cities within some kilometres, the nearest first, with how far they are."""
    if actor.get("lat") is None or actor["kind"] not in ("municipality", "region"):
        return []
    here = (actor["lat"], actor["lon"])
    near = f"{here[0]:.4f},{here[1]:.4f}"
    found = await visit.ask.registry.actors([("near", near), ("within_km", NEAR_KM), ("kind", "municipality"), ("limit", "60")])
    rows = [
        {**row, "km": km_between(here, (row["lat"], row["lon"]))} for row in found.items if row["id"] != actor["id"] and row.get("lat") is not None
    ]
    return sorted(rows, key=lambda row: row["km"])[:NEIGHBOURS]


def _point(row: Record, strong: bool = False) -> Record:
    """A city on the small map."""
    return {"lat": row["lat"], "lon": row["lon"], "name": row["name"], "kind": row["kind"], "path": f"/actors/{row['slug']}", "strong": strong}


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points, on a plane; good enough within a region."""
    return KM_PER_DEGREE * hypot(one[0] - other[0], (one[1] - other[1]) * cos(radians(one[0])))


def _by_name(memberships: list[Record], actor_id: str, side: str, other: str) -> list[Record]:
    """The memberships in which an organisation is on one side, by the name of the other."""
    return sorted((row for row in memberships if row[side]["id"] == actor_id), key=lambda row: str(row[other]["name"]).casefold())


async def _about(visit: Visit, noun: str, actor_id: str) -> Listing:
    side = "municipality" if noun in ("declarations", "capacities") else "actor"
    return await visit.ask.provenance.listed(noun, [(side, actor_id), ("limit", MOST_LISTED)])


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
