"""Routes of searching: all kinds at once, suggestions while typing, and how the actors that were found spread."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Listed, Page, Paging, listed
from services.actors.api.asked import AskedActors
from services.actors.api.caching import unchanged
from services.actors.api.common import InCountry, InOneTransaction
from services.actors.model.search import Sought, Tier
from services.actors.schemas.search import FacetsRead, FoundRead, How, SuggestionRead
from services.actors.use_cases import searching

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])
Asked = Annotated[str, Query(min_length=1, max_length=100, description="Words, in any spelling and script; typing errors are forgiven.")]
HOW = {Tier.EXACT: How.EXACT, Tier.PREFIX: How.PREFIX, Tier.WORDS: How.WORDS, Tier.SIMILAR: How.SIMILAR}


@router.get("/search", response_model=Page[FoundRead])
async def search_registry(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    q: Asked,
    kind: Annotated[list[Sought] | None, Query(max_length=4, description="Only these kinds of records.")] = None,
    country: InCountry = None,
) -> Any:  # Any: FastAPI shapes it
    """Organisations, initiatives, declarations and resources with these words, the best first. For everybody."""
    if (same := await unchanged(request, response, work)) is not None:
        return same
    hits = await work.finder.of_kinds(paging, q, kind, country)
    found = await searching.found_of(work, hits.items, q)
    refs = await work.actors.refs(one.actor_id for one in found if one.actor_id)
    shown = [
        {
            "kind": one.kind, "id": one.id, "slug": one.slug, "title": one.title, "snippet": one.snippet, "match": HOW[one.tier],
            "actor": refs.get(one.actor_id) if one.actor_id else None, "year": one.year, "url": one.url,
        }
        for one in found
    ]  # fmt: skip
    return listed(request, response, Listed(shown, hits.more_after))


@router.get("/actors/suggest", response_model=list[SuggestionRead])
async def suggest_actors(
    request: Request,
    response: Response,
    work: InOneTransaction,
    q: Asked,
    limit: Annotated[int, Query(ge=1, le=10, description="How many at most.")] = 10,
) -> Any:  # Any: as above
    """Actors whose name may be meant, while somebody types. For everybody."""
    if (same := await unchanged(request, response, work)) is not None:
        return same
    hits = await work.finder.suggestions(q, limit)
    found = await work.actors.many(hit.record_id for hit in hits)
    return [
        {"id": actor.id, "slug": actor.slug, "kind": actor.kind, "name": actor.name, "country": actor.country, "match": HOW[hit.tier]}
        for hit in hits
        if (actor := found.get(hit.record_id)) is not None
    ]


@router.get("/actors/facets", response_model=FacetsRead)
async def count_actors(request: Request, response: Response, work: InOneTransaction, wanted: AskedActors) -> Any:  # Any: as above
    """How many actors a search finds, and how they spread over kinds, countries, networks and themes. For everybody."""
    if (same := await unchanged(request, response, work)) is not None:
        return same
    counts = await searching.spread(work, wanted)
    refs = await work.actors.refs(UUID(one.value) for one in counts["network"])
    shown: dict[str, Any] = {name: [{"value": one.value, "count": one.count} for one in some] for name, some in counts.items()}  # Any: JSON
    for row in shown["network"]:
        ref = refs.get(UUID(row["value"]))
        row |= {"name": ref.name, "slug": ref.slug} if ref else {}
    return {"total": sum(one.count for one in counts["kind"]), **shown}
