"""Counts of actors for a search: by kind, country, network and theme; and by cell of a grid, for a map of many."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Integer, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.texts import UNTOLD
from services.actors.store.records import parted
from services.actors.tables import ActorRow, InitiativeRow, MembershipRow, ResourceRow

MOST_NETWORKS = 50
MOST_CELLS = 2_000
"""The most cells that a map shows; the grid is made coarser until they fit."""
WORLD = 360.0
Conditions = list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Facet:
    """So many of the actors that were found have this value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Actors that lie close together: how many, and where on average. `slug` is the only one's, if there is but one."""

    lat: float
    lon: float
    count: int
    slug: str | None


async def facets(session: AsyncSession, where: Conditions, but_for: ColumnElement[bool] | None = None) -> dict[str, list[Facet]]:
    """How the actors that meet these conditions spread over kinds, countries, networks (the largest few, by id) and themes. `but_for`: which
    actors do not meet them, where those are few; memberships are then counted in one go but for theirs, not looked up for each actor."""
    ids = select(col(ActorRow.id)).where(*where if but_for is None else [but_for])

    def of_these(actor_id: Any) -> ColumnElement[bool]:  # Any: a mapped column
        found: ColumnElement[bool] = actor_id.in_(ids) if but_for is None else actor_id.not_in(ids)
        return found

    grouped = select(col(ActorRow.kind), col(ActorRow.country), func.count()).where(*where).group_by(col(ActorRow.kind), col(ActorRow.country))
    kinds: Counter[str] = Counter()
    countries: Counter[str] = Counter()
    for kind, country, count in (await session.execute(grouped)).all():
        kinds[kind] += count
        if country:
            countries[country] += count
    many = func.count().label("many")
    members = select(col(MembershipRow.network_id), many).where(of_these(col(MembershipRow.member_id))).group_by(col(MembershipRow.network_id))
    networks = (await session.execute(members.order_by(many.desc(), col(MembershipRow.network_id)).limit(MOST_NETWORKS))).all()
    themes: dict[str, set[UUID]] = defaultdict(set)
    spread = select(col(InitiativeRow.actor_id), col(InitiativeRow.themes)).where(of_these(col(InitiativeRow.actor_id))).distinct()
    for actor_id, text in (await session.execute(spread)).all():
        for theme in parted(text):
            themes[theme].add(actor_id)
    return {
        "kind": _ordered(kinds), "country": _ordered(countries), "network": [Facet(str(key), count) for key, count in networks],
        "theme": _ordered(Counter({theme: len(actors) for theme, actors in themes.items()})),
    }  # fmt: skip


async def archive_languages(session: AsyncSession) -> list[Facet]:
    """In which languages the resources come, the most frequent first; one that nobody told counts as UNTOLD."""
    grouped = select(col(ResourceRow.languages), func.count()).group_by(col(ResourceRow.languages)).order_by(col(ResourceRow.languages)).limit(10_000)
    counts: Counter[str] = Counter()
    for text, count in (await session.execute(grouped)).all():
        for language in parted(text) or [UNTOLD]:
            counts[language] += count
    return _ordered(counts)


def _ordered(counts: Counter[str]) -> list[Facet]:
    return [Facet(value, count) for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


async def cells(session: AsyncSession, where: Conditions, zoom: int) -> tuple[float, list[Cell]]:
    """The located actors that meet these conditions, counted by the cells of a grid: its width in degrees, and the cells that are not empty.

    A map tile of a zoom is four cells wide; where there would be too many cells they are made twice as wide, until they fit.
    """
    degrees = WORLD / 2 ** (zoom + 2)
    while True:
        across = _whole(session, (col(ActorRow.lon) + 180) / degrees).label("across")
        up = _whole(session, (col(ActorRow.lat) + 90) / degrees).label("up")
        lat, lon = func.avg(cast(col(ActorRow.lat), Float)).label("lat"), func.avg(cast(col(ActorRow.lon), Float)).label("lon")
        asked = select(across, up, lat, lon, func.count().label("many"), func.min(col(ActorRow.slug)).label("slug"))
        asked = asked.where(*where, col(ActorRow.lat).is_not(None)).group_by(across, up).order_by(across, up).limit(MOST_CELLS + 1)
        rows = (await session.execute(asked)).all()
        if len(rows) <= MOST_CELLS or degrees >= WORLD:
            return degrees, [Cell(row.lat, row.lon, row.many, row.slug if row.many == 1 else None) for row in rows[:MOST_CELLS]]
        degrees *= 2


def _whole(session: AsyncSession, value: Any) -> Any:  # Any: an expression over mapped columns
    """The whole part of a number that is not negative. PostgreSQL rounds when it casts; SQLite need not know `floor`."""
    return cast(value, Integer) if session.get_bind().dialect.name == "sqlite" else cast(func.floor(value), Integer)
