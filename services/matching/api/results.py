"""What came of one's own help."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from chassis.edge import HubRoute
from services.matching.api.common import InOneTransaction
from services.matching.use_cases import results as do

router = APIRouter(prefix="/api/v1/results", route_class=HubRoute)


class CategoryCount(BaseModel):
    """How often help of one kind was given."""

    category: str
    matches: int


class MonthCount(BaseModel):
    """How often help was given in one month."""

    month: str = Field(examples=["2026-11"])
    matches: int


class ResultsRead(BaseModel):
    """Figures of one's own help; nothing about any one household."""

    households: int = Field(description="Different households that were helped.")
    matches: int = Field(description="Times that help was given.")
    running: int = Field(description="Matches that are accepted or in progress.")
    people: int | None = Field(description="Places for persons, rounded to five; null for fewer than five households.")
    hours: int
    items: int
    by_category: list[CategoryCount]
    by_month: list[MonthCount] = Field(description="The last 24 months in which help ended.")


@router.get("")
async def read_results(work: InOneTransaction, of: Annotated[do.Whose, Query(description="Your own, or your organisation's.")] = "me") -> ResultsRead:
    """What came of your help, or of your organisation's."""
    found = await do.results_of(work, of)
    return ResultsRead(
        households=found.households,
        matches=found.matches,
        running=found.running,
        people=found.people,
        hours=found.hours,
        items=found.items,
        by_category=[CategoryCount(category=category, matches=matches) for category, matches in found.by_category],
        by_month=[MonthCount(month=month, matches=matches) for month, matches in found.by_month],
    )
