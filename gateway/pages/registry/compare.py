"""Page that puts two to six cities side by side."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.errors import HubError
from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, pairs
from gateway.pages.registry.actor import Text

router = APIRouter(route_class=PageRoute, include_in_schema=False)
MOST, FEWEST = 6, 2
Keys = Annotated[list[Annotated[str, Query(max_length=80)]], Query(max_length=20)]


@router.get("/compare")
async def compare(visit: Here, actor: Keys = [], q: Text = "", leave: Text = "") -> Response:  # noqa: B006 - FastAPI copies it
    """Cities side by side; those that are chosen stay in the address, so that a comparison can be sent on."""
    keys = [key for key in dict.fromkeys(key.strip() for key in actor) if key and key != leave][:MOST]
    chosen, unknown = await _chosen(visit, keys)
    found = []
    if q.strip():
        found = [row for row in (await visit.ask.registry.actors(pairs(q=q.strip(), limit=20))).items if row["slug"] not in chosen]
    cities = await visit.ask.provenance.compare(list(chosen)) if len(chosen) >= FEWEST else []
    return visit.page(
        "registry/compare.html",
        chosen=list(chosen.values()),
        cities=cities,
        rows=await _practice_rows(visit, cities),
        themes=sorted({theme for city in cities for theme in city["themes"]}),
        purposes=sorted({purpose for city in cities for purpose in city["capacity"]}),
        found=found,
        q=q.strip(),
        unknown=unknown,
        full=len(chosen) >= MOST,
    )


async def _chosen(visit: Here, keys: list[str]) -> tuple[dict[str, Record], bool]:
    """The organisations by key, and whether some key was of none."""
    chosen: dict[str, Record] = {}
    unknown = False
    for key in keys:
        try:
            row = await visit.ask.registry.actor(key)
        except ProblemFromService as refusal:
            if refusal.problem_status not in (404, 422):
                raise
            unknown = True
        except HubError:
            unknown = True
        else:
            chosen[row["slug"]] = row
    return chosen, unknown


async def _practice_rows(visit: Here, cities: list[Record]) -> list[tuple[str, str, list[Record | None]]]:
    """Group, name and each city's record, for every kind of practice that one of the cities has."""
    if not cities:
        return []
    have = [{row["practice"]: row for row in city["practices"]} for city in cities]
    kinds = await visit.ask.provenance.practice_kinds()
    return [(kind["group"], kind["name"], [one.get(kind["code"]) for one in have]) for kind in kinds if any(kind["code"] in one for one in have)]
