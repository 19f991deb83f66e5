"""A sheet of a case to print and take along: code, needs, appointments and whom to ask, without anything personal, on one page of paper."""

import asyncio
from collections.abc import Iterable
from typing import Annotated

import segno
from fastapi import APIRouter, Query, Response

from chassis.context import correlation_id, follow, locale
from gateway.clients.asking import Record
from gateway.pages.case_view import asked_by_the_person, id_of
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.quietly import quietly
from gateway.pages.vocabulary import naming, words_of
from gateway.pages.words import LANGUAGE_NAMES

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Word = Annotated[str, Query(max_length=10)]
SHOWN = 8
"""Needs and appointments that fit on one page."""


@router.get("/cases/{key}/sheet")
async def print_sheet(visit: Here, key: str, language: Word = "") -> Response:
    """The sheet, in the chosen language: the reader's, or one that the person reads."""
    case_id = await id_of(visit, key)
    spoken = language if language in visit.instance.languages else locale()
    follow(correlation_id(), spoken)  # for the rest of this visit alone
    words, case, needs, matches, asked = await asyncio.gather(
        words_of(visit),
        visit.ask.cases.case(case_id),
        visit.ask.needs.needs([("case_id", case_id), ("limit", "100")]),
        visit.ask.matches.matches([("case_id", case_id), ("state", "live"), ("limit", "50")]),
        asked_by_the_person(visit, case_id),
    )
    agreed = [match for match in matches.items if match["state"] in ("accepted", "in_progress")][:SHOWN]
    appointments = await asyncio.gather(*(_appointment(visit, match) for match in agreed))
    live = [need for need in needs.items if need["state"] in ("open", "matched", "in_progress")]
    page = visit.settings.public_url.rstrip("/") + ("/follow" if asked else "/")
    return visit.page(
        "sheet.html",
        case=case,
        needs=live[:SHOWN],
        appointments=appointments,
        more=max(0, len(live) - SHOWN),
        qr=qr_path(page),
        page=page,
        asked=asked,
        chosen=spoken,
        languages=[(code, LANGUAGE_NAMES.get(code, code)) for code in visit.instance.languages],
        hints=[code for code in case["languages"] if code in visit.instance.languages],
        **naming(visit, words),
    )


async def _appointment(visit: Visit, match: Record) -> Record:
    """An accepted match with its offer, and the organisation that gives it; a volunteer stays without a name."""
    actor_id = match["provider"]["actor_id"]
    offer = await quietly(visit.ask.offers.offer(match["offer_id"]), Record())
    provider = await quietly(visit.ask.registry.actor(actor_id), Record()) if actor_id else Record()
    return {"match": match, "offer": offer, "provider": provider}


def qr_path(text: str) -> tuple[int, str]:
    """A QR code as the size of its square and the path of its dark modules."""
    rows: Iterable[Iterable[int]] = segno.make(text, error="m", micro=False).matrix
    dark = [list(row) for row in rows]
    return len(dark), "".join(f"M{x + 2} {y + 2}h1v1h-1z" for y, row in enumerate(dark) for x, module in enumerate(row) if module)
