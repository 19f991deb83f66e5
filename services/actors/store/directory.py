"""The directory of open public offers: takes what `matching` told, newest version wins, and finds offers for anybody."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.paging import Listed, PageRequest, read_page
from services.actors.model.directory import DirectoryOffer, language_keys
from services.actors.model.texts import folded
from services.actors.model.usefulness import MOST_RANKED, Asked, Known, most_useful_first
from services.actors.store.actors import Around, distance_squared
from services.actors.store.records import NoSuchRecord, holds, holds_words, joined
from services.actors.tables import DirectoryOfferRow

ORDER: Any = (col(DirectoryOfferRow.posted_at), col(DirectoryOfferRow.id))  # Any: mapped columns are column elements, which their type hides


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which offers are asked for; None: any. `near` finds what is in reach: within the distance, within the offer's radius, or remote."""

    states: tuple[str, ...]
    category: str | None = None
    language: str | None = None
    near: Around | None = None
    remote: bool | None = None
    weekday: int | None = None
    slots: int | None = None
    actor: UUID | None = None
    q: str | None = None


def offer_of(row: DirectoryOfferRow) -> DirectoryOffer:
    """The offer in a row."""
    languages = tuple(row.details.get("languages", ()))
    return DirectoryOffer(
        id=row.id, version=row.version, listed=row.listed, state=row.state, category=row.category, provider_actor_id=row.provider_actor_id,
        details=row.details, languages=languages, remote=row.remote, lat=row.lat, lon=row.lon, radius_km=row.radius_km,
        weekdays=row.weekdays, slots=row.slots, valid_until=row.valid_until, folded=row.folded, posted_at=row.posted_at, created_at=row.created_at,
        updated_at=row.updated_at,
    )  # fmt: skip


def _values(offer: DirectoryOffer) -> dict[str, Any]:  # Any: column values
    values = asdict(offer)
    values["languages"] = joined(language_keys(offer.languages))
    values["details"] = {**offer.details, "languages": list(offer.languages)}
    del values["id"], values["created_at"]
    return values


def _conditions(wanted: OfferFilter, today: date) -> list[ColumnElement[bool]]:
    row = DirectoryOfferRow
    found: list[ColumnElement[bool]] = [
        col(row.listed).is_(True),
        col(row.state).in_(wanted.states),
        or_(col(row.valid_until).is_(None), col(row.valid_until) >= today),
    ]
    if wanted.category is not None:
        below = col(row.category).startswith(f"{wanted.category}.", autoescape=True)
        found.append(or_(col(row.category) == wanted.category, below))
    if wanted.language is not None:
        found.append(holds(col(row.languages), wanted.language.lower()))
    if wanted.near is not None:
        far = distance_squared(col(row.lat), col(row.lon), wanted.near)
        found.append(or_(col(row.remote).is_(True), far <= wanted.near.km**2, far <= col(row.radius_km) * col(row.radius_km)))
    if wanted.remote is not None:
        found.append(col(row.remote).is_(wanted.remote))
    if wanted.weekday is not None:
        found.append(col(row.weekdays).bitwise_and(1 << wanted.weekday) != 0)
    if wanted.slots is not None:
        found.append(col(row.slots).bitwise_and(wanted.slots) != 0)
    if wanted.actor is not None:
        found.append(col(row.provider_actor_id) == wanted.actor)
    if wanted.q is not None:
        found += holds_words(col(row.folded), folded(wanted.q))
    return found


@dataclass(slots=True)
class DirectoryStore:
    """The directory in one transaction."""

    session: AsyncSession

    async def get(self, offer_id: UUID) -> DirectoryOffer:
        """One listed offer. Raises NoSuchRecord."""
        asked = select(DirectoryOfferRow).where(col(DirectoryOfferRow.id) == offer_id, col(DirectoryOfferRow.listed).is_(True))
        row = (await self.session.execute(asked)).scalars().first()
        if row is None:
            raise NoSuchRecord("This offer is not in the directory, or no longer.")
        return offer_of(row)

    async def page(self, request: PageRequest, wanted: OfferFilter, today: date) -> Listed[DirectoryOffer]:
        """One page of listed offers that are still valid, newest first."""
        found = await read_page(self.session, select(DirectoryOfferRow).where(*_conditions(wanted, today)), ORDER, request, descending=True)
        return found.map(offer_of)

    async def useful(self, request: PageRequest, wanted: OfferFilter, asked: Asked, today: date) -> Listed[DirectoryOffer]:
        """One page of the same offers, the most useful first; of very many, only the newest are compared. Their number is told as the total."""
        row = DirectoryOfferRow
        light = (col(row.id), col(row.languages), col(row.remote), col(row.lat), col(row.lon), col(row.slots))
        newest = select(*light).where(*_conditions(wanted, today)).order_by(*(one.desc() for one in ORDER)).limit(MOST_RANKED + 1)
        known = [Known(one.id, one.languages, one.remote, one.lat, one.lon, one.slots) for one in (await self.session.execute(newest)).all()]
        start = request.after[0] if request.after and isinstance(request.after[0], int) else 0
        ids = [one.id for one in most_useful_first(known[:MOST_RANKED], asked)]
        shown = ids[start : start + request.limit]
        rows = {one.id: one for one in (await self.session.execute(select(row).where(col(row.id).in_(shown)))).scalars()}
        total = len(ids) if len(known) <= MOST_RANKED else None
        more = (start + request.limit,) if start + request.limit < len(ids) else None
        return Listed([offer_of(rows[one]) for one in shown if one in rows], more, total)

    async def put(self, offer: DirectoryOffer) -> bool:
        """Store an entry unless a version as new or newer is there. True when it was stored."""
        row = DirectoryOfferRow
        known = (await self.session.execute(select(col(row.version)).where(col(row.id) == offer.id).with_for_update())).scalar()
        if known is None:
            await self.session.execute(insert(row).values(id=offer.id, created_at=offer.created_at, **_values(offer)))
            return True
        if known >= offer.version:
            return False
        await self.session.execute(update(row).where(col(row.id) == offer.id).values(**_values(offer)).execution_options(synchronize_session=False))
        return True

    async def forget_withdrawn(self, before: datetime) -> None:
        """Delete what is left of offers that were withdrawn before a moment."""
        row = DirectoryOfferRow
        gone = delete(row).where(col(row.listed).is_(False), col(row.updated_at) < before)
        await self.session.execute(gone.execution_options(synchronize_session=False))

    async def open_by_category(self) -> dict[str, int]:
        """How many listed offers are open, by category."""
        row = DirectoryOfferRow
        asked = select(col(row.category), func.count()).where(col(row.listed).is_(True), col(row.state) == "open").group_by(col(row.category))
        return {category: count for category, count in (await self.session.execute(asked)).all()}

    async def last_news_at(self) -> datetime | None:
        """When the directory last changed."""
        asked = select(DirectoryOfferRow).order_by(col(DirectoryOfferRow.updated_at).desc()).limit(1)
        row = (await self.session.execute(asked)).scalars().first()
        return row.updated_at if row is not None else None
