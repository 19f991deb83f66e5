"""What needs a coordinator now, as one list from needs, matches, cases, offers and asks: each thing once, for its most pressing reason.

What is asked of another table stands in a list of its own (`IN`), which a database makes once: correlated questions took a wrong index at SQLite, and
a second for a thousand needs. Only the proposals of a need are asked for one by one: their key begins with the need.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, case, cast, exists, false, func, literal, null, or_, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import invalid_field
from chassis.identity import Caller
from chassis.paging import PageRequest
from chassis.tables import UTCDateTime
from services.matching.model import desk
from services.matching.model.desk import DeskEntry, DeskKind, DeskPage, DeskScope
from services.matching.store.cases import seen_by
from services.matching.store.offers import is_staff
from services.matching.tables import Base

CASES, NEEDS, MATCHES, OFFERS, PROPOSALS, ASKS = (
    Base.metadata.tables[name] for name in ("hub_case", "need", "hub_match", "offer", "proposal", "ask")
)
C, N, M, O, P, A = CASES.c, NEEDS.c, MATCHES.c, OFFERS.c, PROPOSALS.c, ASKS.c  # noqa: E741 - a letter a table
Condition = ColumnElement[bool]
MISSED = ("expired", "declined")


class DeskStore:
    """The desk of one transaction; it only reads."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, caller: Caller, now: datetime, page: PageRequest, scope: DeskScope, kinds: Sequence[DeskKind] = ()) -> DeskPage:
        """One page of what waits, the most pressing first, and how many of each kind wait in all."""
        parts = _parts(caller, now, scope)
        if not parts:
            return DeskPage([], None, {})
        waiting = union_all(*parts).cte("waiting")
        query = _after(select(waiting.c.kind, waiting.c.rank, waiting.c.at, waiting.c.id), waiting, page)
        if kinds:
            query = query.where(waiting.c.kind.in_([kind.value for kind in kinds]))
        shown = query.limit(page.limit + 1).subquery("shown")
        nothing = cast(null(), UTCDateTime), cast(null(), C.id.type)
        counted = select(waiting.c.kind, func.count(), *nothing).group_by(waiting.c.kind)
        # Both read the one list of what waits, which is made once.
        found = (await self._session.execute(union_all(select(shown), counted))).all()
        counts = {DeskKind(row.kind): row.rank for row in found if row.id is None}
        rows = sorted((row for row in found if row.id is not None), key=lambda row: (row.rank, row.at, row.id))
        entries = [DeskEntry(DeskKind(row.kind), row.rank, row.at, row.id) for row in rows[: page.limit]]
        more = (entries[-1].rank, entries[-1].at, entries[-1].id) if len(rows) > page.limit else None
        return DeskPage(entries, more, counts)

    async def best(self, need_ids: Sequence[UUID]) -> Mapping[UUID, tuple[UUID, int]]:
        """For each of the needs that has proposals the best one: offer and score."""
        query = select(P.need_id, P.offer_id, P.score).where(P.need_id.in_(need_ids), P.rank == 0)
        return {row.need_id: (row.offer_id, row.score) for row in (await self._session.execute(query)).all()}


def _after(query: Select[Any], waiting: CTE, page: PageRequest) -> Select[Any]:
    """In order, from where the page before ended."""
    rank, at, key = waiting.c.rank, waiting.c.at, waiting.c.id
    if page.after is not None:
        if len(page.after) != 3:
            raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
        last_rank, last_at, last = page.after
        query = query.where(or_(rank > last_rank, and_(rank == last_rank, or_(at > last_at, and_(at == last_at, key > last)))))
    return query.order_by(rank, at, key)


def _parts(caller: Caller, now: datetime, scope: DeskScope) -> list[Select[Any]]:
    """What waits, one select a table."""
    whose = _whose(caller, scope)
    parts: list[Select[Any]] = []
    if whose is not None:
        allowed = _allowed(now)
        parts += [_needs(now, whose, allowed), _cases(now, whose, allowed)]
    of_matches = whose if whose is not None else true() if caller.role == "admin" and scope is DeskScope.ALL else None
    if of_matches is not None:
        parts.append(_matches(now, of_matches))
    if is_staff(caller):
        parts += _offers(caller, now, scope)
        if scope is DeskScope.ALL and caller.role != "admin":
            parts.append(_row(DeskKind.ASKED, literal(desk.RANKS[DeskKind.ASKED]), A.asked_at, A.id).where(A.state == "waiting", A.expires_at > now))
    return parts


def _whose(caller: Caller, scope: DeskScope) -> Condition | None:
    """Which cases; None: none at all."""
    seen = seen_by(caller)
    if scope is DeskScope.ALL:
        return seen if caller.role == "coordinator" or caller.kind in ("client", "system") else None
    if caller.role == "admin":
        return None
    if scope is DeskScope.TEAM:
        return and_(seen, C.actor_id == caller.actor_id) if caller.actor_id is not None else None
    return and_(seen, C.recorded_by == UUID(caller.id)) if caller.kind == "account" and caller.id else None


def _allowed(now: datetime) -> Condition:
    """The person behind the case agrees to be matched."""
    until = C.consent["until"].as_string()
    return and_(C.consent["match"].as_boolean(), or_(until.is_(None), until >= now.isoformat()))


def _needs(now: datetime, whose: Condition, allowed: Condition) -> Select[Any]:
    """Open needs: the last request came to nothing, or offers fit, or none does and it presses."""
    ended = select(M.need_id).where(M.ended_at > now - desk.LOOKED_BACK)
    missed, declined = (N.id.in_(ended.where(M.state == state)) for state in MISSED)
    fits = exists(select(P.need_id).where(P.need_id == N.id).correlate(NEEDS))
    presses = or_(N.urgency.in_([str(urgency) for urgency in desk.PRESSING]), N.posted_at < now - desk.WAITS_LONG)
    kind = case(
        (missed, DeskKind.ANSWER_MISSED.value),
        (declined, DeskKind.DECLINED.value),
        (fits, DeskKind.TO_CONFIRM.value),
        else_=DeskKind.NOTHING_FITS.value,
    )
    base = case(
        (missed, desk.RANKS[DeskKind.ANSWER_MISSED]),
        (declined, desk.RANKS[DeskKind.DECLINED]),
        (fits, desk.RANKS[DeskKind.TO_CONFIRM]),
        else_=desk.RANKS[DeskKind.NOTHING_FITS],
    )
    found = _row(kind, base + _pressing(), N.posted_at, N.id).join_from(NEEDS, CASES, C.id == N.case_id)
    return found.where(N.state == "open", C.state == "open", whose, allowed, or_(missed, declined, fits, presses))


def _cases(now: datetime, whose: Condition, allowed: Condition) -> Select[Any]:
    """Open cases that may not be matched though they need something, or in which nothing has happened for long."""
    since = now - desk.QUIET_AFTER
    silent = and_(~allowed, C.id.in_(select(N.case_id).where(N.state == "open")))
    kind = case((silent, DeskKind.CONSENT_MISSING.value), else_=DeskKind.QUIET.value)
    rank = case((silent, desk.RANKS[DeskKind.CONSENT_MISSING]), else_=desk.RANKS[DeskKind.QUIET])
    changed = select(N.case_id).where(N.updated_at > since).union_all(select(M.case_id).where(M.updated_at > since))
    quiet = and_(C.updated_at < since, C.id.not_in(changed))
    return _row(kind, rank, C.updated_at, C.id).select_from(CASES).where(C.state == "open", whose, or_(silent, quiet))


def _matches(now: datetime, whose: Condition) -> Select[Any]:
    """Requests whose answer is due, accepted matches that did not begin, matches under way without an end."""
    due = and_(M.state == "confirmed", M.answer_by < now + desk.ANSWER_SOON)
    not_begun = and_(M.state == "accepted", M.accepted_at < now - desk.TO_BEGIN)
    no_outcome = and_(M.state == "in_progress", M.updated_at < now - desk.TO_END)
    kind = case((due, DeskKind.ANSWER_DUE.value), (not_begun, DeskKind.NOT_BEGUN.value), else_=DeskKind.NO_OUTCOME.value)
    rank = case(
        (due, desk.RANKS[DeskKind.ANSWER_DUE] + _pressing()),
        (not_begun, desk.RANKS[DeskKind.NOT_BEGUN] + _pressing()),
        else_=desk.RANKS[DeskKind.NO_OUTCOME],
    )
    at = case((due, M.answer_by), (not_begun, M.accepted_at), else_=M.updated_at)
    found = _row(kind, rank, at, M.id).join_from(MATCHES, NEEDS, N.id == M.need_id).join(CASES, C.id == M.case_id)
    return found.where(whose, M.state.in_(("confirmed", "accepted", "in_progress")), or_(due, not_begun, no_outcome))


def _offers(caller: Caller, now: datetime, scope: DeskScope) -> list[Select[Any]]:
    """Offers to approve, which concern every moderator; offers whose provider should say that they are still true."""
    own: Condition = false()
    if scope is DeskScope.ALL:
        own = true()
    elif scope is DeskScope.TEAM and caller.actor_id is not None:
        own = and_(O.provider_kind == "actor", O.provider_id == caller.actor_id)
    review = _row(DeskKind.REVIEW_DUE, literal(desk.RANKS[DeskKind.REVIEW_DUE]), O.posted_at, O.id)
    parts = [review.where(O.state.in_(("open", "full")), O.review_on <= now.date(), O.posted_at.is_not(None), own)]
    if scope is DeskScope.ALL:
        approve = _row(DeskKind.TO_APPROVE, literal(desk.RANKS[DeskKind.TO_APPROVE]), O.updated_at, O.id)
        parts.append(approve.where(O.state == "awaiting_moderation"))
    return parts


def _pressing() -> ColumnElement[int]:
    """What the urgency of the need adds to the rank."""
    return case(*[(N.urgency == urgency, rank) for urgency, rank in desk.URGENCY_RANKS.items()], else_=20)


def _row(kind: Any, rank: ColumnElement[int], at: Any, key: Any) -> Select[Any]:  # Any: columns, or a kind itself
    word = literal(kind.value) if isinstance(kind, DeskKind) else kind
    return select(word.label("kind"), rank.label("rank"), at.label("at"), key.label("id"))
