"""Matches in the database: seen by their two sides, and what scores take from them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.paging import Listed, PageRequest, read_page
from services.matching.engine.types import ProviderRecord
from services.matching.model.match import CancelReason, DeclineReason, Match, MatchState, Outcome, PlaceFate, Side
from services.matching.model.offer import Provider, ProviderKind
from services.matching.store.cases import C, seen_by
from services.matching.tables import Base, MatchRow

M = Base.metadata.tables["hub_match"].c
LIVE = ("confirmed", "accepted", "in_progress")
ANSWERED = ("accepted", "declined", "in_progress", "fulfilled", "not_fulfilled")


class MatchNotFound(NotFound):
    """No such match, or none that the caller may see."""


class MatchChanged(PreconditionFailed):
    """The match was changed since it was read."""


def provided_by(caller: Caller) -> ColumnElement[bool]:
    """Matches in which the caller is the provider."""
    ways: list[ColumnElement[bool]] = []
    if caller.kind == "account" and caller.id:
        ways.append(and_(M.provider_kind == "account", M.provider_id == UUID(caller.id)))
    if caller.actor_id is not None and (caller.role in ("member", "coordinator") or "offers" in caller.scopes):
        ways.append(and_(M.provider_kind == "actor", M.provider_id == caller.actor_id))
    return or_(*ways) if ways else false()


def case_side(caller: Caller) -> ColumnElement[bool]:
    """Matches of cases that the caller may see."""
    if caller.role == "admin":
        return M.id.is_not(None)
    return M.case_id.in_(select(C.id).where(seen_by(caller)))


class MatchStore:
    """Matches of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, match: Match, category: str) -> None:
        """Insert a new match; the database allows one live match a need."""
        self._session.add(MatchRow(id=match.id, category=category, **_columns(match)))
        await self._session.flush()

    async def add_many(self, matches: Sequence[tuple[Match, str]]) -> None:
        """Insert new matches, each with its category; the database allows one live match a need."""
        self._session.add_all([MatchRow(id=match.id, category=category, **_columns(match)) for match, category in matches])
        await self._session.flush()

    async def seen(self, match_id: UUID, caller: Caller, *, lock: bool = False) -> tuple[Match, MatchRow]:
        """One match of which the caller is a party. Raises MatchNotFound."""
        query = select(MatchRow).where(M.id == match_id)
        if caller.kind != "system":
            query = query.where(or_(provided_by(caller), case_side(caller)))
        row = (await self._session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
        if row is None:
            raise MatchNotFound("There is no such match, or none that you may see.")
        return to_match(row), row

    async def is_provider(self, match_id: UUID, caller: Caller) -> bool:
        """Whether the caller gives the help."""
        return (await self._session.execute(select(M.id).where(M.id == match_id, provided_by(caller)))).first() is not None

    async def standing(self, match_ids: Sequence[UUID], caller: Caller) -> dict[UUID, tuple[bool, bool]]:
        """For each match whether the caller gives the help, and whether they may see the case."""
        found: dict[UUID, tuple[bool, bool]] = {}
        for start in range(0, len(match_ids), 400):
            some = M.id.in_(match_ids[start : start + 400])
            gives = set((await self._session.execute(select(M.id).where(some, provided_by(caller)))).scalars())
            sees = set((await self._session.execute(select(M.id).where(some, case_side(caller)))).scalars())
            found.update({match_id: (match_id in gives, match_id in sees) for match_id in gives | sees})
        return found

    async def save(self, before: Match, after: Match, **more: Any) -> None:  # Any: columns that the model does not hold
        """Write a step, if nobody else did meanwhile. Raises MatchChanged."""
        done = await self._session.execute(update(MatchRow).where(M.id == before.id, M.version == before.version).values(**_columns(after), **more))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise MatchChanged("Somebody changed this match in the meantime; read it again.")

    async def listed(
        self,
        caller: Caller,
        page: PageRequest,
        *,
        side: str | None = None,
        state: str | None = None,
        need_id: UUID | None = None,
        offer_id: UUID | None = None,
        case_id: UUID | None = None,
    ) -> Listed[MatchRow]:
        """Matches of which the caller is a party, newest first."""
        mine = {"provider": provided_by(caller), "case": case_side(caller)}
        query: Select[Any] = select(MatchRow).where(mine[side] if side else or_(*mine.values()))
        if state == "live":
            query = query.where(M.state.in_(LIVE))
        elif state is not None:
            query = query.where(M.state == state)
        for column, value in ((M.need_id, need_id), (M.offer_id, offer_id), (M.case_id, case_id)):
            if value is not None:
                query = query.where(column == value)
        return await read_page(self._session, query, [M.id], page, descending=True)

    async def rows(self, ids: Sequence[UUID]) -> list[MatchRow]:
        """Those of the ids that exist."""
        found: list[MatchRow] = []
        for start in range(0, len(ids), 400):
            found += (await self._session.execute(select(MatchRow).where(M.id.in_(ids[start : start + 400])))).scalars()
        return found

    async def ids_of_case(self, case_id: UUID, limit: int) -> list[UUID]:
        """The newest matches of a case."""
        return list((await self._session.execute(select(M.id).where(M.case_id == case_id).order_by(M.id.desc()).limit(limit))).scalars())

    async def overdue(self, now: datetime, limit: int = 100) -> list[Match]:
        """Requests that nobody answered in time."""
        query = select(MatchRow).where(M.state == "confirmed", M.answer_by < now).order_by(M.answer_by).limit(limit)
        return [to_match(row) for row in (await self._session.execute(query)).scalars()]

    async def live_of_case(self, case_id: UUID) -> list[Match]:
        """The live matches of a case."""
        query = select(MatchRow).where(M.case_id == case_id, M.state.in_(LIVE)).limit(500)
        return [to_match(row) for row in (await self._session.execute(query)).scalars()]

    async def live_of_offers(self, offer_ids: Sequence[UUID]) -> list[Match]:
        """The live matches of some offers."""
        query = select(MatchRow).where(M.offer_id.in_(offer_ids), M.state.in_(LIVE)).limit(2000)
        return [to_match(row) for row in (await self._session.execute(query)).scalars()]

    async def latest_of_pair(self, need_id: UUID, offer_id: UUID) -> Match | None:
        """What became of the pair the last time that it was tried, if ever."""
        query = select(MatchRow).where(M.need_id == need_id, M.offer_id == offer_id).order_by(M.id.desc()).limit(1)
        row = (await self._session.execute(query)).scalar_one_or_none()
        return to_match(row) if row is not None else None

    async def tried(self, need_ids: Sequence[UUID] | None = None) -> dict[UUID, set[UUID]]:
        """For each need the offers that declined or let it expire."""
        query = select(M.need_id, M.offer_id).where(M.state.in_(("declined", "expired")))
        if need_ids is not None:
            query = query.where(M.need_id.in_(need_ids))
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for need_id, offer_id in (await self._session.execute(query.limit(1_000_000))).all():
            found[need_id].add(offer_id)
        return found

    async def helpers(self, case_ids: Sequence[UUID] | None = None) -> dict[UUID, set[str]]:
        """For each case the providers that help or helped it."""
        query = select(M.case_id, M.provider_kind, M.provider_id).where(M.state.in_(("accepted", "in_progress", "fulfilled")))
        if case_ids is not None:
            query = query.where(M.case_id.in_(case_ids))
        found: dict[UUID, set[str]] = defaultdict(set)
        for case_id, kind, provider_id in (await self._session.execute(query.limit(1_000_000))).all():
            found[case_id].add(f"{kind}:{provider_id}")
        return found

    async def records(self, provider_ids: Sequence[UUID] | None = None) -> dict[str, ProviderRecord]:
        """Each provider's counters."""
        query = select(M.provider_kind, M.provider_id, M.state, func.count()).group_by(M.provider_kind, M.provider_id, M.state)
        if provider_ids is not None:
            query = query.where(M.provider_id.in_(provider_ids))
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        for kind, provider_id, state, count in (await self._session.execute(query)).all():
            counts[f"{kind}:{provider_id}"][state] = count
        return {
            key: ProviderRecord(
                open_requests=states.get("confirmed", 0),
                answered_in_time=sum(states.get(state, 0) for state in ANSWERED),
                asked=sum(states.get(state, 0) for state in (*ANSWERED, "expired")),
            )
            for key, states in counts.items()
        }

    async def interpreted(self, need_ids: Iterable[UUID]) -> set[UUID]:
        """Those of the needs that have a live match whose offer provides an interpreter."""
        wanted = list(need_ids)
        if not wanted:
            return set()
        offer = Base.metadata.tables["offer"].c
        query = select(M.need_id, offer.provides).join_from(MatchRow, Base.metadata.tables["offer"], offer.id == M.offer_id)
        query = query.where(M.need_id.in_(wanted), M.state.in_(LIVE))
        return {need_id for need_id, provides in (await self._session.execute(query)).all() if "interpreter" in provides}


def to_match(row: MatchRow) -> Match:
    """A row as the model's value."""
    return Match(
        id=row.id,
        need_id=row.need_id,
        offer_id=row.offer_id,
        case_id=row.case_id,
        provider=Provider(ProviderKind(row.provider_kind), row.provider_id),
        size=row.size,
        returns=row.returns,
        score=row.score,
        weights=row.weights,
        confirmed_by=row.confirmed_by,
        answer_by=row.answer_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        round_id=row.round_id,
        state=MatchState(row.state),
        places=PlaceFate(row.places),
        accepted_at=row.accepted_at,
        ended_at=row.ended_at,
        decline_reason=DeclineReason(row.decline_reason) if row.decline_reason else None,
        cancel_reason=CancelReason(row.cancel_reason) if row.cancel_reason else None,
        cancelled_by=Side(row.cancelled_by) if row.cancelled_by else None,
        outcome=Outcome(row.outcome) if row.outcome else None,
        version=row.version,
    )


def _columns(match: Match) -> dict[str, Any]:  # Any: column values of many types
    return {
        "version": match.version,
        "state": str(match.state),
        "need_id": match.need_id,
        "offer_id": match.offer_id,
        "case_id": match.case_id,
        "provider_kind": str(match.provider.kind),
        "provider_id": match.provider.id,
        "size": match.size,
        "returns": match.returns,
        "score": match.score,
        "weights": match.weights,
        "confirmed_by": match.confirmed_by,
        "answer_by": match.answer_by,
        "round_id": match.round_id,
        "places": str(match.places),
        "accepted_at": match.accepted_at,
        "ended_at": match.ended_at,
        "decline_reason": match.decline_reason.value if match.decline_reason else None,
        "cancel_reason": match.cancel_reason.value if match.cancel_reason else None,
        "cancelled_by": match.cancelled_by.value if match.cancelled_by else None,
        "outcome": match.outcome.value if match.outcome else None,
        "created_at": match.created_at,
        "updated_at": match.updated_at,
    }
