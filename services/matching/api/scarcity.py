"""What is lacking: exact for coordinators, rounded for everybody."""

from typing import Annotated

from fastapi import APIRouter, Query

from chassis.edge import HubRoute
from services.matching.api.common import InOneTransaction, Who
from services.matching.schemas.parts import Code, Language
from services.matching.schemas.scarcity import AreaRead, LackingList, LackingRead, RefreshRead, TotalsList, TotalsRead
from services.matching.use_cases import scarcity as do
from services.matching.use_cases.scarcity_words import call_for_help

router = APIRouter(prefix="/api/v1/scarcity", route_class=HubRoute)
PART_NAMES = ("morning", "afternoon", "evening")


@router.get("")
async def read_scarcity(
    work: InOneTransaction,
    who: Who,
    category: Annotated[Code | None, Query(description="Of this category and all below.")] = None,
    language: Annotated[Language | None, Query(description="Offers in this language.")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> LackingList:
    """Which further offers would serve open needs that have none, most first. Exact for coordinators and administrators; for everybody else small
    groups are withheld, the rest rounded, and fixed for the day."""
    made, found = await do.read_scarcity(work, category, language)
    rounded = not do.reads_exactly(who)
    return LackingList(
        items=[_lacking_read(each, rounded) for each in found[:limit]],
        total=len(found),
        computed_at=made.computed_at if made else None,
        weights=made.weights if made else None,
        rounded=rounded,
    )


@router.get("/history")
async def read_history(
    work: InOneTransaction,
    who: Who,
    category: Annotated[Code | None, Query(description="None: the whole hub.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TotalsList:
    """Totals over the last 30 days, newest first."""
    found = await do.read_history(work, category or "", limit)
    items = [
        TotalsRead(computed_at=each.computed_at, open_needs=each.open_needs, without_place=each.without_place, free_places=each.free_places)
        for each in found
    ]
    return TotalsList(items=items, total=len(items), category=category, rounded=not do.reads_exactly(who))


@router.post("/refresh", status_code=202)
async def refresh_scarcity(work: InOneTransaction) -> RefreshRead:
    """Compute it now, whatever changed. For coordinators and administrators."""
    return RefreshRead(computed_at=await do.ask_for_refresh(work))


def _lacking_read(found: do.Lacking, rounded: bool) -> LackingRead:
    one = found.profile
    day, part = one.window or (None, None)
    certainty = "rounded" if rounded else "exactly" if found.exact else "at least"
    return LackingRead(
        category=one.category,
        languages=list(one.languages),
        weekday=day,
        part=PART_NAMES[part] if part is not None else None,
        area=AreaRead(lat=one.cell[0], lon=one.cell[1]) if one.cell else None,
        open_needs=found.open_needs,
        free_places=found.free_places,
        served_by_one_more=found.served_by_one_more,
        at_least=not found.exact,
        shadow_price=found.shadow_price,
        sentence=call_for_help(one, found.served_by_one_more, certainty),
    )
