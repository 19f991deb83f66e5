"""What came of somebody's own help: households, places and hours, by kind and by month; nothing about any one household."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.matching.model.offer import Provider, ProviderKind
from services.matching.store.results import Helped
from services.matching.use_cases.rights import PARTIES, require
from services.matching.work import Work

PEOPLE_FROM = 5
"""Households from which a number of people is told, rounded to five: with fewer it would say how large one of them is."""
MONTHS = 24
Whose = Literal["me", "actor"]


@dataclass(frozen=True, slots=True)
class Results:
    """The figures. `people` and `items` are places of that unit; people are rounded, and None while they could tell a household's size."""

    households: int
    matches: int
    running: int
    people: int | None
    hours: int
    items: int
    by_category: list[tuple[str, int]]
    by_month: list[tuple[str, int]]


async def results_of(work: Work, whose: Whose) -> Results:
    """The caller's own results, or those of the organisation in which they have a place. Raises NotForYourRole."""
    require(work.caller, PARTIES)
    providers: list[Provider] = []
    if whose == "me" and work.caller.id:
        providers.append(Provider(ProviderKind.ACCOUNT, UUID(work.caller.id)))
    if whose == "actor" and work.caller.actor_id is not None and work.caller.role != "volunteer":
        providers.append(Provider(ProviderKind.ACTOR, work.caller.actor_id))
    return count(await work.results.of(providers) if providers else [])


def count(helped: list[Helped]) -> Results:
    """Count what was fulfilled; what is on its way counts as running."""
    done = [each for each in helped if each.state == "fulfilled"]
    households = len({each.case_id for each in done})
    sizes = Counter[str]()
    for each in done:
        sizes[each.unit] += each.size
    with_people = len({each.case_id for each in done if each.unit == "person"})
    months = Counter(each.ended_at.strftime("%Y-%m") for each in done if each.ended_at is not None)
    return Results(
        households=households,
        matches=len(done),
        running=len(helped) - len(done),
        people=5 * round(sizes["person"] / 5) if with_people >= PEOPLE_FROM else None,
        hours=sizes["hour"],
        items=sizes["item"],
        by_category=sorted(Counter(each.category for each in done).items(), key=lambda row: (-row[1], row[0])),
        by_month=sorted(months.items())[-MONTHS:],
    )
