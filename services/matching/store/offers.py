"""Offers in the database: who sees which, and places that can never be overbooked."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.paging import Listed, PageRequest, read_page
from services.matching.engine.types import Audience, Unit
from services.matching.model.offer import CloseReason, Location, Offer, OfferState, Provider, ProviderKind, RefusalReason
from services.matching.store import shapes
from services.matching.tables import Base, OfferRow

OFFERS = Base.metadata.tables["offer"]
T = OFFERS.c
PORTION = 5_000
VISIBLE = (OfferState.OPEN, OfferState.FULL)
BLANK_TITLE = {"en": "-"}
"""What stands where an erased provider's words were."""


class OfferNotFound(NotFound):
    """No such offer, or none that the caller may see."""


class OfferChanged(PreconditionFailed):
    """The offer was changed since it was read."""


def is_staff(caller: Caller) -> bool:
    """Coordinators, the administrator, and the hub itself see every offer."""
    return caller.role in ("coordinator", "admin") or caller.kind == "system"


def is_owner(caller: Caller, provider: Provider) -> bool:
    """Whether the caller is the provider: the volunteer, or somebody with a place (or a client) of the actor."""
    if provider.kind is ProviderKind.ACCOUNT:
        return caller.kind == "account" and caller.id == str(provider.id)
    return caller.actor_id == provider.id and (caller.role in ("member", "coordinator") or (caller.kind == "client" and "offers" in caller.scopes))


def _owned(caller: Caller) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if caller.kind == "account" and caller.id:
        ways.append(and_(OfferRow.provider_kind == "account", OfferRow.provider_id == UUID(caller.id)))  # type: ignore[arg-type]
    if caller.actor_id is not None and (caller.role in ("member", "coordinator") or "offers" in caller.scopes):
        ways.append(and_(OfferRow.provider_kind == "actor", OfferRow.provider_id == caller.actor_id))  # type: ignore[arg-type]
    return or_(*ways) if ways else false()


class OfferStore:
    """Offers of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, offer: Offer) -> None:
        """Insert a new offer."""
        self._session.add(OfferRow(id=offer.id, **_columns(offer)))
        await self._session.flush()

    async def get(self, offer_id: UUID, *, lock: bool = False) -> Offer:
        """One offer, for the service itself. Raises OfferNotFound."""
        query = select(OfferRow).where(OfferRow.id == offer_id)  # type: ignore[arg-type]
        row = (await self._session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
        if row is None:
            raise OfferNotFound("There is no such offer.")
        return to_offer(row)

    async def seen(self, offer_id: UUID, caller: Caller) -> Offer:
        """One offer that the caller may see: public and open ones, their own, all for staff. Raises OfferNotFound."""
        offer = await self.get(offer_id)
        public = offer.audience is Audience.PUBLIC and offer.state in VISIBLE
        if public or is_staff(caller) or is_owner(caller, offer.provider):
            return offer
        raise OfferNotFound("There is no such offer.")

    async def owned(self, offer_id: UUID, caller: Caller) -> Offer:
        """One offer that the caller may change. Raises OfferNotFound; somebody who only sees it learns no more."""
        offer = await self.get(offer_id, lock=True)
        if is_staff(caller) or is_owner(caller, offer.provider):
            return offer
        raise OfferNotFound("There is no such offer of yours.")

    async def save(self, before: Offer, after: Offer) -> None:
        """Write a change, if nobody else did meanwhile. Raises OfferChanged."""
        done = await self._session.execute(
            update(OfferRow).where(OfferRow.id == before.id, OfferRow.version == before.version).values(**_columns(after))  # type: ignore[arg-type]
        )
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise OfferChanged("Somebody changed this offer in the meantime; read it again.")

    async def hold(self, after: Offer, size: int) -> bool:
        """Hold places by one conditional update: False when they are gone. The number is added in the database, never written from memory."""
        done = await self._session.execute(
            update(OfferRow)
            .where(OfferRow.id == after.id, OfferRow.state == "open", OfferRow.places_used + size <= OfferRow.places)  # type: ignore[arg-type]
            .values(places_used=OfferRow.places_used + size, state=str(after.state), version=OfferRow.version + 1, updated_at=after.updated_at)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def listed(
        self,
        caller: Caller,
        page: PageRequest,
        *,
        mine: bool = False,
        state: str | None = None,
        category: str | None = None,
        provider_id: UUID | None = None,
    ) -> Listed[Offer]:
        """Offers that the caller may see, oldest id first."""
        query: Select[Any] = select(OfferRow)
        public = and_(OfferRow.audience == "public", OfferRow.state.in_([str(each) for each in VISIBLE]))  # type: ignore[arg-type, attr-defined]
        if mine:
            query = query.where(_owned(caller))
        elif not is_staff(caller):
            query = query.where(or_(public, _owned(caller)))
        if state is not None:
            query = query.where(OfferRow.state == state)  # type: ignore[arg-type]
        if category is not None:
            query = query.where(or_(T.category == category, T.category.startswith(category + ".", autoescape=True)))
        if provider_id is not None:
            query = query.where(OfferRow.provider_id == provider_id)  # type: ignore[arg-type]
        return (await read_page(self._session, query, [OfferRow.id], page)).map(to_offer)  # type: ignore[list-item]

    async def many(self, ids: Sequence[UUID]) -> dict[UUID, Offer]:
        """Those of the ids that exist; asked in bounded portions."""
        found: dict[UUID, Offer] = {}
        for start in range(0, len(ids), 400):
            rows = (await self._session.execute(select(OfferRow).where(OfferRow.id.in_(ids[start : start + 400])))).scalars()  # type: ignore[attr-defined]
            found.update({row.id: to_offer(row) for row in rows})
        return found

    async def lock(self, ids: Sequence[UUID]) -> None:
        """Hold some offers until the commit, in the order of ids."""
        for start in range(0, len(ids), 400):
            query = select(OfferRow.id).where(OfferRow.id.in_(sorted(ids)[start : start + 400]))  # type: ignore[call-overload, attr-defined]
            await self._session.execute(query.order_by(OfferRow.id).with_for_update())

    async def count_open(self) -> int:
        """How many offers an index would hold."""
        return int((await self._session.execute(select(func.count()).select_from(OfferRow).where(T.state != "closed"))).scalar_one())

    async def all_open(self) -> AsyncIterator[Offer]:
        """Every offer that is not closed, for the index; read in portions."""
        after: UUID | None = None
        while True:
            query = select(OFFERS).where(T.state != "closed").order_by(T.id).limit(PORTION)
            rows = (await self._session.execute(query if after is None else query.where(T.id > after))).all()
            for row in rows:
                yield to_offer(cast(OfferRow, row))  # a plain row has the same columns, and no session that remembers it
            if len(rows) < PORTION:
                return
            after = rows[-1].id

    async def of_provider(self, provider: Provider) -> list[Offer]:
        """All offers of a volunteer or of an organisation."""
        query = select(OfferRow).where(OfferRow.provider_kind == str(provider.kind), OfferRow.provider_id == provider.id).limit(5000)  # type: ignore[arg-type]
        return [to_offer(row) for row in (await self._session.execute(query)).scalars()]

    async def open_of_provider(self, provider: Provider) -> list[UUID]:
        """The ids of the offers of a volunteer or of an organisation that take requests."""
        query = select(T.id).where(T.provider_kind == str(provider.kind), T.provider_id == provider.id, T.state == "open")
        return list((await self._session.execute(query.order_by(T.id).limit(5000))).scalars())

    async def count_drafts(self, provider: Provider) -> int:
        """How many drafts a provider keeps."""
        mine = T.provider_kind == str(provider.kind), T.provider_id == provider.id, T.state == "draft"
        return int((await self._session.execute(select(func.count()).select_from(OfferRow).where(*mine))).scalar_one())

    async def has_approved(self, provider: Provider) -> bool:
        """Whether a provider has an offer that the public sees or saw."""
        mine = T.provider_kind == str(provider.kind), T.provider_id == provider.id, T.state.in_(("open", "full", "paused"))
        return (await self._session.execute(select(T.id).where(*mine).limit(1))).first() is not None

    async def of_category(self, category: str, limit: int) -> list[Offer]:
        """Offers of a category and below it that are open, full or paused; those most recently posted where there are more."""
        query = select(OfferRow).where(or_(T.category == category, T.category.startswith(category + ".", autoescape=True)))
        query = query.where(T.state.in_(("open", "full", "paused"))).order_by(T.id.desc()).limit(limit)
        return [to_offer(row) for row in (await self._session.execute(query)).scalars()]

    async def over(self, today: date, limit: int = 200) -> list[Offer]:
        """Offers whose last day is past and which are not closed."""
        query = select(OfferRow).where(OfferRow.valid_until < today, OfferRow.state != "closed").limit(limit)  # type: ignore[arg-type, operator]
        return [to_offer(row) for row in (await self._session.execute(query)).scalars()]

    async def to_review(self, today: date, asked: bool, before: date, limit: int = 200) -> list[Offer]:
        """Open offers whose review day has come: not asked yet, or asked on `before` or earlier."""
        query = select(OfferRow).where(OfferRow.state.in_(["open", "full"]), OfferRow.review_on <= today)  # type: ignore[attr-defined, arg-type, operator]
        query = query.where(OfferRow.review_asked_on <= before) if asked else query.where(OfferRow.review_asked_on.is_(None))  # type: ignore[arg-type, operator, union-attr]
        return [to_offer(row) for row in (await self._session.execute(query.limit(limit))).scalars()]

    async def mark_asked(self, offer_id: UUID, on: date | None) -> None:
        """Remember when the provider was asked whether the offer is still true; None: a new term began."""
        await self._session.execute(update(OfferRow).where(OfferRow.id == offer_id).values(review_asked_on=on))  # type: ignore[arg-type]

    async def blank(self, offer_id: UUID, now: datetime) -> None:
        """Remove an erased provider's texts and place."""
        values = {"title": BLANK_TITLE, "description": {}, "lat": None, "lon": None, "remote": True, "entered_by": None, "updated_at": now}
        await self._session.execute(update(OfferRow).where(OfferRow.id == offer_id).values(**values))  # type: ignore[arg-type]


def is_blank(row: OfferRow) -> bool:
    """Whether the provider was erased: words and place are gone."""
    return bool(row.title == BLANK_TITLE)


def to_offer(row: OfferRow) -> Offer:
    """A row as the model's value."""
    return Offer(
        id=row.id,
        category=row.category,
        title=row.title,
        provider=Provider(ProviderKind(row.provider_kind), row.provider_id),
        unit=Unit(row.unit),
        places=row.places,
        returns=row.returns,
        location=Location(shapes.place(row.lat, row.lon), row.radius_km, row.remote),
        created_at=row.created_at,
        updated_at=row.updated_at,
        description=row.description,
        languages=frozenset(row.languages),
        topics=shapes.ranges(row.topics),
        windows=shapes.windows(row.windows),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        provides=frozenset(row.provides),
        requires=frozenset(row.requires),
        prefers=frozenset(row.prefers or ()),
        household_min=row.household_min,
        household_max=row.household_max,
        audience=Audience(row.audience),
        state=OfferState(row.state),
        places_used=row.places_used,
        review_on=row.review_on,
        posted_at=row.posted_at,
        entered_by=row.entered_by,
        closed_because=CloseReason(row.closed_because) if row.closed_because else None,
        version=row.version,
        refusal=RefusalReason(row.refused_because) if row.refused_because else None,
    )


def _columns(offer: Offer) -> dict[str, Any]:  # Any: column values of many types
    place = offer.location.place
    return {
        "version": offer.version,
        "state": str(offer.state),
        "category": offer.category,
        "provider_kind": str(offer.provider.kind),
        "provider_id": offer.provider.id,
        "title": dict(offer.title),
        "description": dict(offer.description),
        "unit": str(offer.unit),
        "places": offer.places,
        "places_used": offer.places_used,
        "returns": offer.returns,
        "languages": sorted(offer.languages),
        "lat": place.lat if place else None,
        "lon": place.lon if place else None,
        "radius_km": offer.location.radius_km,
        "remote": offer.location.remote,
        "topics": shapes.plain(offer.topics),
        "windows": shapes.windows_json(offer.windows),
        "valid_from": offer.valid_from,
        "valid_until": offer.valid_until,
        "provides": sorted(offer.provides),
        "requires": sorted(offer.requires),
        "prefers": sorted(offer.prefers),
        "household_min": offer.household_min,
        "household_max": offer.household_max,
        "audience": str(offer.audience),
        "review_on": offer.review_on,
        "posted_at": offer.posted_at,
        "entered_by": offer.entered_by,
        "closed_because": str(offer.closed_because) if offer.closed_because else None,
        "created_at": offer.created_at,
        "updated_at": offer.updated_at,
        "refused_because": offer.refusal.value if offer.refusal else None,
    }
