"""What a round's page shows: names for the needs and offers on it, one page of pairs at a time, and figures beside today's."""

import asyncio
import math
from collections.abc import Iterable
from typing import Any

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.pages.charts import Chart, bars_of
from gateway.pages.decisions import Decisions
from gateway.pages.door import Visit
from gateway.pages.words import label

PAGE = 25
"""Pairs, and needs without a place, on one page."""
STANDING = 100
"""Decisions that are listed."""
CHANGED = 15
"""Changes of each kind since the last edit that are listed."""


async def shown(visit: Visit, made: Record, pairs_page: int, without_page: int) -> dict[str, Any]:  # Any: what the template shows
    """Everything about the round that its page shows. Asks for two lists, and one by one for what they do not name; bounded by the page."""
    pages = max(1, math.ceil(len(made["seats"]) / PAGE))
    at = min(pairs_page, pages)
    without_pages = max(1, math.ceil(len(made["unplaced"]) / PAGE))
    without_at = min(without_page, without_pages)
    seats = made["seats"][(at - 1) * PAGE : at * PAGE]
    unplaced = made["unplaced"][(without_at - 1) * PAGE : without_at * PAGE]
    decisions = Decisions.of(made)
    seated = {(seat["need_id"], seat["offer_id"]) for seat in made["seats"]}
    standing = decisions.standing(seated)
    changed = made.get("changed") or {}
    listed = [
        *seats,
        *unplaced,
        *made["pins_lost"][:STANDING],
        *made["not_applied"][:STANDING],
        *({"need_id": need_id, "offer_id": offer_id} for _, need_id, offer_id in standing[:STANDING]),
        *(row for kind in ("added", "removed", "moved") for row in (changed.get(kind) or [])[:CHANGED]),
    ]
    needs, offers = await asyncio.gather(
        _needs(visit, {row["need_id"] for row in listed if row.get("need_id")}),
        _offers(visit, {row[name] for row in listed for name in ("offer_id", "from_offer_id", "to_offer_id") if row.get(name)}),
    )
    return {
        "round": made,
        "seats": seats,
        "unplaced": unplaced,
        "at": at,
        "pages": pages,
        "without_at": without_at,
        "without_pages": without_pages,
        "needs": needs,
        "offers": offers,
        "pinned": decisions.pinned,
        "standing": standing[:STANDING],
        "standing_more": max(0, len(standing) - STANDING),
        "changed": {kind: changed.get(kind) or [] for kind in ("added", "removed", "moved")} if changed else None,
        "changed_shown": CHANGED,
        "chart": chart_of(made),
        "levels": levels_of(made),
        "percent": percent_of(made["certificate"]["gap"]) if made.get("certificate") else None,
        "progress_percent": percent_of(made["progress"]["gap"]) if made.get("progress") else None,
    }


def percent_of(gap: float) -> float:
    """A gap in percent, rounded up to two decimals: "at most" stays true."""
    return math.ceil(round(gap * 10_000, 6)) / 100


def levels_of(made: Record) -> list[tuple[str, list[int]]]:
    """Needs with a place, for each urgency: today, one by one, in the plan."""
    compared = made.get("compared")
    if not compared:
        return []
    rows = []
    for level in compared["plan"]["levels"]:
        figures = [_placed(compared[way], level["urgency"]) for way in ("proposals", "one_by_one", "plan")]
        rows.append((level["urgency"], figures))
    return rows


def chart_of(made: Record) -> Chart | None:
    """The same as bars; levels that nobody serves are left out."""
    rows = [(label("urgency", urgency), figures) for urgency, figures in levels_of(made) if any(figures)]
    return bars_of(rows) if rows else None


def _placed(figures: Record, urgency: str) -> int:
    return next((level["placed"] for level in figures["levels"] if level["urgency"] == urgency), 0)


async def _needs(visit: Visit, wanted: set[str]) -> dict[str, Record]:
    if not wanted or not visit.may("GET", "/api/v1/needs"):
        return {}
    known = {row["id"]: row for row in (await visit.ask.needs.needs([("limit", "200")])).items}
    return await _completed(known, wanted, visit.ask.needs.need)


async def _offers(visit: Visit, wanted: set[str]) -> dict[str, Record]:
    if not wanted:
        return {}
    known = {row["id"]: row for row in (await visit.ask.offers.offers([("state", "open"), ("limit", "200")])).items}
    return await _completed(known, wanted, visit.ask.offers.offer)


async def _completed(known: dict[str, Record], wanted: set[str], read: Any) -> dict[str, Record]:  # Any: a client's method
    """The known records, with those of the wanted ones that the list did not name; what is gone, or not the visitor's to see, stays unnamed."""

    async def one(record_id: str) -> Record | None:
        try:
            found: Record = await read(record_id)
        except HubError:
            return None
        return found

    missing: Iterable[str] = sorted(wanted - known.keys())
    found = await asyncio.gather(*(one(record_id) for record_id in missing))
    return known | {row["id"]: row for row in found if row is not None}
