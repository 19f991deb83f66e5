"""The filter of actors as query parameters: the same for the list, the map and the counts."""

from datetime import UTC, date, datetime, time
from typing import Annotated

from fastapi import Depends, Query

from services.actors.api.common import (
    BoxText,
    InCountry,
    InNetwork,
    InOneTransaction,
    NearText,
    OfKind,
    OfTheme,
    WithinKm,
    Words,
    around_of,
    box_of,
    id_of,
)
from services.actors.model.vocabulary import Practice
from services.actors.store.actors import ActorFilter


async def asked_actors(
    work: InOneTransaction,
    q: Words = None,
    kind: OfKind = None,
    country: InCountry = None,
    network: InNetwork = None,
    theme: OfTheme = None,
    practice: Annotated[Practice | None, Query(description="Only with this kind of solidarity practice.")] = None,
    bbox: BoxText = None,
    near: NearText = None,
    within_km: WithinKm = 25,
    has_declaration: Annotated[bool | None, Query(description="Only those that declared solidarity (true), or did not (false).")] = None,
    confirmed: Annotated[bool | None, Query(description="Only with a membership that both sides confirmed (true), or with none (false).")] = None,
    entered_since: Annotated[date | None, Query(description="Only those that entered the registry on this day or later.")] = None,
) -> ActorFilter:
    """Dependency: which actors are asked for. 404 for a network that is not there."""
    since = datetime.combine(entered_since, time.min, UTC) if entered_since else None
    return ActorFilter(
        q=q, kind=kind, country=country, network=await id_of(work, network), theme=theme, practice=practice, box=box_of(bbox),
        around=around_of(near, within_km), has_declaration=has_declaration, confirmed=confirmed, entered_since=since,
    )  # fmt: skip


AskedActors = Annotated[ActorFilter, Depends(asked_actors)]
"""Which actors are asked for."""
