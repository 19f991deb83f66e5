"""The start page, which says in one screen what the city offers and asks."""

from asyncio import gather

from fastapi import APIRouter, Response

from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute
from gateway.pages.lacking import NOTHING, calls_of
from gateway.pages.open_doors import open_doors
from gateway.pages.quietly import quietly
from gateway.pages.vocabulary import naming, words_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
CALLS = 3
NO_FIGURES: Record = {}


@router.get("/")
async def home(visit: Here) -> Response:
    """Search, offer, ask, what is needed now, and the kinds of help. It stands while services are away."""
    words, doors, statistics, lacking = await gather(
        words_of(visit),
        open_doors(visit),
        quietly(visit.ask.registry.statistics(), NO_FIGURES),
        quietly(visit.ask.scarcity.lacking([("limit", str(CALLS))]), NOTHING),
    )
    names = naming(visit, words)
    return visit.page(
        "home.html",
        doors=doors,
        statistics=statistics,
        counts=statistics.get("open_offers_by_category") or {},
        calls=calls_of(visit, names, lacking["items"][:CALLS], doors),
        roots=words.roots,
        **names,
    )
