"""Pages of finding help: search with a list and a map, ways to widen it, and one offer with what to do next. They need no account and no script."""

from asyncio import gather
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.context import locale
from gateway.clients import Listing, ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.formats import language_name, number, text_in
from gateway.pages.forms import Form
from gateway.pages.open_doors import open_doors
from gateway.pages.quietly import quietly
from gateway.pages.vocabulary import Words, naming, words_of
from gateway.pages.words import label
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
NAMES = ("q", "category", "language", "near", "within", "weekday", "part", "remote", "map")
FINER = ("within", "weekday", "part", "remote")
"""Filters that are folded away until somebody uses them."""
DISTANCES = ("2", "5", "10", "25", "50")
USUAL_KM = "10"
PAGE = 20
ON_MAP = 200
"""Offers on the map at most."""
FEW = 3
"""So few results, and the page offers to widen the search."""


@router.get("/help")
async def find_help(
    visit: Here,
    q: Text = "",
    category: Text = "",
    language: Text = "",
    near: Text = "",
    within: Text = "",
    weekday: Text = "",
    part: Text = "",
    remote: Text = "",
    map: Text = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Search what is offered, the most useful first."""
    words, doors = await gather(words_of(visit), open_doors(visit))
    given = (q.strip(), category, language, near, within, weekday, part, remote, "yes" if map else "")
    wanted = {name: value for name, value in zip(NAMES, given, strict=True) if value}
    meant = [] if "category" in wanted or "q" not in wanted else kinds_meant(words, wanted["q"])
    (listing, unclear), (mapped, _unclear) = await gather(_search(visit, wanted, cursor), _for_map(visit, wanted))
    kind_instead = None
    if meant and not listing.items and not unclear:
        # The words name a kind of help: what is of that kind is meant, in whatever language its title is.
        kind_instead = meant[0]
        rest = {name: value for name, value in wanted.items() if name != "q"}
        instead = {**rest, "category": kind_instead["code"]}
        (listing, unclear), (mapped, _unclear) = await gather(_search(visit, instead, cursor), _for_map(visit, instead))
    filters = {name: value for name, value in wanted.items() if name != "map"}
    narrow = not unclear and not cursor and len(listing.items) <= FEW and bool(filters)
    names = naming(visit, words)
    return visit.page(
        "help.html",
        form=Form({name: [wanted.get(name, "")] for name in NAMES}),
        wanted=wanted,
        listing=listing,
        unclear=unclear,
        reasons={offer["id"]: reasons_of(offer, wanted, names["place_name"]) for offer in listing.items},
        wider=await _wider(visit, filters, words) if narrow else [],
        meant=meant,
        kind_instead=kind_instead,
        words=words,
        doors=doors,
        distances=DISTANCES,
        near_is_known=any(wanted.get("near") == f"{one.lat},{one.lon}" for one in visit.settings.places),
        finer=any(name in wanted for name in FINER),
        points=points_of(mapped.items, names),
        by_place=by_place(mapped.items, names["place_name"]),
        list_address=f"/help?{urlencode(list(filters.items()))}",
        map_address=f"/help?{urlencode([*filters.items(), ('map', 'yes')])}",
        again=urlencode(list(wanted.items())),
        **names,
    )


@router.get("/help/{offer_id}")
async def see_public_offer(visit: Here, offer_id: UUID, again: Annotated[str, Query(max_length=600)] = "") -> Response:
    """One public offer, and what to do next to get this help."""
    words, doors, offer = await gather(words_of(visit), open_doors(visit), visit.ask.directory.offer(str(offer_id)))
    back = visit.local(f"/help?{again}", "/help") if again else "/help"
    return visit.page("help_offer.html", offer=offer, doors=doors, back=back, **naming(visit, words))


async def _search(visit: Visit, wanted: Mapping[str, str], cursor: str = "", limit: int = PAGE) -> tuple[Listing, bool]:
    """The list, or none and a word that the search was not understood."""
    try:
        return await visit.ask.directory.search([*_query(wanted), *pairs(cursor=cursor, limit=limit)]), False
    except ProblemFromService as refusal:
        if refusal.problem_status in (404, 422):
            return Listing([]), True
        raise


async def _for_map(visit: Visit, wanted: Mapping[str, str]) -> tuple[Listing, bool]:
    """All that a map shows, where one is wished."""
    return await _search(visit, wanted, limit=ON_MAP) if "map" in wanted else (Listing([]), False)


def points_of(offers: list[Record], names: Mapping[str, Any]) -> list[Record]:  # Any: functions that name things
    """Points for the map: the public places of offers, which are about a kilometre precise."""
    return [
        {
            "lat": round(offer["place"]["lat"], 2),
            "lon": round(offer["place"]["lon"], 2),
            "name": text_in(offer["title"]),
            "kind": "offer",
            "words": names["category"](offer["category"]),
            "path": f"/help/{offer['id']}",
        }
        for offer in offers
        if offer["place"]
    ]


def by_place(offers: list[Record], place_name: Any) -> list[tuple[str, int]]:  # Any: a function that names a point
    """How many offers there are where, most first: the map in words."""
    counted = Counter(place_name(offer["place"]["lat"], offer["place"]["lon"]) for offer in offers if offer["place"])
    return counted.most_common()


def _query(wanted: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the directory is asked for: it takes the reader's own language into account."""
    plain = {name: wanted[name] for name in ("q", "category", "language", "near", "weekday", "part") if name in wanted}
    if "near" in wanted:
        plain["within_km"] = wanted.get("within") or USUAL_KM
    if wanted.get("remote"):
        plain["remote"] = "true"
    return [*plain.items(), ("order", "useful"), ("speaks", locale())]


def kinds_meant(words: Words, q: str) -> list[Record]:
    """Kinds of help whose name or hint holds all the words that were typed, those with the words in their name first."""
    typed = [word for word in q.casefold().split() if len(word) > 2][:6]
    if not typed:
        return []
    in_name = [row for row in words.categories if all(word in row["name"].casefold() for word in typed)]
    in_hint = [row for row in words.categories if row not in in_name and all(word in f"{row['name']} {row['hint']}".casefold() for word in typed)]
    return [*in_name, *in_hint][:4]


def reasons_of(offer: Record, wanted: Mapping[str, str], place_name: Any) -> list[tuple[str, str]]:  # Any: a function that names a point
    """Why an offer is where it is in the list: pictures' names with short words."""
    found: list[tuple[str, str]] = []
    for code in dict.fromkeys((wanted.get("language", ""), locale())):
        if code and any(spoken.split("-")[0] == code.split("-")[0] for spoken in offer["languages"]):
            found.append(("language", _("Speaks {language}", language=language_name(code))))
    if offer["remote"]:
        found.append(("pin", _("At a distance, by telephone or video")))
    elif offer.get("distance_km") is not None:
        away = offer["distance_km"]
        found.append(("pin", _("{km} km away", km=number(away)) if away >= 1 else _("Less than 1 km away")))
    elif offer["place"] and (name := place_name(offer["place"]["lat"], offer["place"]["lon"])) and not name[0].isdigit():
        found.append(("pin", name))
    days = list(dict.fromkeys(window["day"] for window in offer["windows"]))
    if days:
        found.append(("clock", ", ".join(label("weekday", day) for day in sorted(days))))
    return found


async def _wider(visit: Visit, wanted: Mapping[str, str], words: Words) -> list[tuple[str, str, int]]:
    """Wider searches that find more: in words, with their address and how many there are, the closest to what was asked first."""
    steps: list[tuple[str, dict[str, str]]] = []
    if "near" in wanted and wanted.get("within", USUAL_KM) != DISTANCES[-1]:
        steps.append((_("Up to {km} km away", km=number(int(DISTANCES[-1]))), {**wanted, "within": DISTANCES[-1]}))
    for name, text in _said(wanted).items():
        if len(wanted) > 1:
            left = {key: value for key, value in wanted.items() if key != name and (key, name) != ("within", "near")}
            steps.append((_("Without: {filter}", filter=text), left))
    parent = (words.row(wanted.get("category")) or {}).get("parent")
    if parent:
        steps.append((words.category(parent), {**wanted, "category": parent}))
    found = await _counted(visit, steps)
    if not found and len(wanted) > 2:
        # Giving up one filter was not enough: each of them alone.
        found = await _counted(visit, [(_("Only: {filter}", filter=text), {name: wanted[name]}) for name, text in _said(wanted).items()])
    return found


async def _counted(visit: Visit, steps: list[tuple[str, dict[str, str]]]) -> list[tuple[str, str, int]]:
    """Those of the searches that find something, with their address and number."""
    nothing: tuple[Listing, bool] = (Listing([]), True)
    counts = await gather(*(quietly(_search(visit, step, limit=1), nothing) for _name, step in steps))
    found = [
        (text, f"/help?{urlencode(list(step.items()))}", listing.total or len(listing.items))
        for (text, step), (listing, _unclear) in zip(steps, counts, strict=True)
    ]
    return [row for row in found if row[2]]


def _said(wanted: Mapping[str, str]) -> dict[str, str]:
    """The filters that can be given up, in words, what matters least first."""
    found = {
        "part": label("day_part", wanted.get("part")),
        "weekday": label("weekday", wanted.get("weekday")),
        "language": language_name(wanted.get("language", "")),
        "q": f"“{wanted.get('q')}”",
        "remote": _("Only at a distance, by telephone or video"),
        "near": _("Near"),
    }
    return {name: text for name, text in found.items() if name in wanted}
