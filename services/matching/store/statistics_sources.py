"""What the figures of days are counted from: needs, matches and offers with the moments at which they moved."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.matching.engine.scarcity.profiles import cell_of, primary
from services.matching.engine.types import Place
from services.matching.model.statistics.counting import Keys, MatchSpan, NeedSpan, OfferSpan, Use
from services.matching.model.statistics.measures import REMOTE, UNKNOWN
from services.matching.tables import Base, ledger

N, C, M, T = (Base.metadata.tables[name].c for name in ("need", "hub_case", "hub_match", "offer"))
AUDIT = ledger.audit.c
ENDED = ("closed", "withdrawn")
OPENED = ("offer.approved", "offer.resumed")
SHUT = ("offer.paused", "offer.paused_unreviewed", "offer.paused_provider_away", "offer.closed", "offer.ended", "offer.refused", "offer.erased")
NOT_YET = ("draft", "awaiting_moderation")
Moves = list[tuple[datetime, str]]


def midnight(day: date) -> datetime:
    """The moment at which a day begins (UTC)."""
    return datetime.combine(day, time(), UTC)


def area_of(lat: float | None, lon: float | None) -> str:
    """The area of about 5 km by 5 km that a point lies in, as the key of its figures: its centre with two decimals."""
    if lat is None or lon is None:
        return UNKNOWN
    cell = cell_of(Place(lat, lon))
    return f"{cell[0]:.2f},{cell[1]:.2f}"


class StatisticsSources:
    """What happened, as far as the tables know. Every read is bounded by the days asked for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def first_day(self) -> date | None:
        """The day on which the first need or offer was posted."""
        moments = [(await self._session.execute(select(func.min(each)))).scalar() for each in (N.posted_at, T.posted_at)]
        return min((moment.date() for moment in moments if moment is not None), default=None)

    async def needs(self, first: date, last: date) -> list[NeedSpan]:
        """Needs that were there on some of the days."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        ran_out = set(
            (
                await self._session.execute(
                    select(AUDIT.subject_id).where(AUDIT.action == "need.ran_out", AUDIT.at >= begin, AUDIT.at < end + timedelta(days=1))
                )
            ).scalars()
        )
        query = (
            select(N.id, N.category, N.posted_at, N.state, N.updated_at, N.languages, C.lat, C.lon, C.languages.label("spoken"))
            .join(Base.metadata.tables["hub_case"], C.id == N.case_id)
            .where(N.posted_at < end, or_(N.state.not_in(ENDED), N.updated_at >= begin))
        )
        found = []
        for row in (await self._session.execute(query)).all():
            ended = row.updated_at if row.state in ENDED else None
            how = (
                None
                if ended is None
                else "needs_fulfilled"
                if row.state == "closed"
                else "needs_ran_out"
                if str(row.id) in ran_out
                else "needs_withdrawn"
            )
            found.append(NeedSpan(_keys(row), row.posted_at, ended, how))
        return found

    async def matches(self, first: date, last: date) -> list[MatchSpan]:
        """Matches that lived on some of the days."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        earliest = func.min(M.created_at)
        firsts = {
            (row.need_id, row.at)
            for row in (
                await self._session.execute(
                    select(M.need_id, earliest.label("at")).group_by(M.need_id).having(and_(earliest >= begin, earliest < end))
                )
            ).all()
        }
        query = (
            select(
                M.need_id, M.category, M.created_at, M.accepted_at, M.ended_at, M.state, M.outcome, M.decline_reason,
                N.posted_at, N.languages, C.lat, C.lon, C.languages.label("spoken"),
            )
            .join(Base.metadata.tables["need"], N.id == M.need_id)
            .join(Base.metadata.tables["hub_case"], C.id == M.case_id)
            .where(M.created_at < end, or_(M.ended_at.is_(None), M.ended_at >= begin))
        )  # fmt: skip
        return [
            MatchSpan(
                keys=_keys(row),
                need_posted_at=row.posted_at,
                made_at=row.created_at,
                accepted_at=row.accepted_at,
                ended_at=row.ended_at,
                state=row.state,
                outcome=row.outcome,
                decline_reason=row.decline_reason,
                is_first=(row.need_id, row.created_at) in firsts,
            )
            for row in (await self._session.execute(query)).all()
        ]

    async def offers(self, first: date, last: date) -> list[OfferSpan]:
        """Offers that were there on some of the days. When they opened, paused and closed is in the audit trail; of what lies further back than that
        is kept, only the posting and the present state are known. Places are those of the day of counting."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        moves = await self._moves(end)
        asked, uses = await self._asked(end), await self._uses(begin, end)
        query = select(T.id, T.category, T.posted_at, T.state, T.lat, T.lon, T.remote, T.languages, T.places, T.updated_at).where(T.posted_at < end)
        found = []
        for row in (await self._session.execute(query)).all():
            times = open_times(row.posted_at, row.state, row.updated_at, moves.get(str(row.id), []))
            if row.posted_at < begin and all(until is not None and until < begin for _, until in times):
                continue
            area = REMOTE if row.remote and row.lat is None else area_of(row.lat, row.lon)
            languages = tuple(primary(code) for code in row.languages or ())
            found.append(OfferSpan(row.category, area, languages, row.places, row.posted_at, times, asked.get(row.id), tuple(uses.get(row.id, ()))))
        return found

    async def fates(self, first: date, last: date) -> dict[str, int]:
        """What had become of the needs posted on these days when the last one ended: fulfilled, ended otherwise, or going on."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        ended = and_(N.state.in_(ENDED), N.updated_at < end)
        fate = case((and_(ended, N.state == "closed"), "fulfilled"), (ended, "ended"), else_="going_on")
        return await self._counted(select(fate.label("part")).where(N.posted_at >= begin, N.posted_at < end))

    async def answers(self, first: date, last: date) -> tuple[dict[str, int], dict[str, int]]:
        """How the requests made on these days stood when the last one ended: answers; and of the accepted ones what came of them."""
        begin, end = midnight(first), midnight(last + timedelta(days=1))
        ended = and_(M.ended_at.is_not(None), M.ended_at < end)
        accepted = and_(M.accepted_at.is_not(None), M.accepted_at < end)
        answer = case(
            (accepted, "accepted"),
            (and_(ended, M.state == "declined"), "declined"),
            (and_(ended, M.state == "expired"), "expired"),
            (ended, "called_off"),
            else_="waiting",
        )
        result = case((and_(ended, M.state == "fulfilled"), "fulfilled"), (ended, "not_fulfilled"), else_="going_on")
        within = and_(M.created_at >= begin, M.created_at < end)
        answers = await self._counted(select(answer.label("part")).where(within))
        return answers, await self._counted(select(result.label("part")).where(within, accepted))

    async def without_place(self, first: date, last: date) -> dict[date, dict[str, int]]:
        """By day the needs without a place in the last plan for all of that day, by category (what lies below it not included); in all under the
        empty name."""
        table = Base.metadata.tables["scarcity"].c
        query = select(table.computed_at, table.figures).where(
            table.computed_at >= midnight(first), table.computed_at < midnight(last + timedelta(days=1))
        )
        found: dict[date, dict[str, int]] = {}
        for computed_at, figures in (await self._session.execute(query.order_by(table.computed_at).limit(5000))).all():
            found[computed_at.date()] = _own({name: total["without_place"] for name, total in (figures.get("totals") or {}).items()})
        return found

    async def _counted(self, parts: Select[Any]) -> dict[str, int]:
        # A statement of its own for the parts: PostgreSQL does not see that two expressions with parameters are one.
        part = parts.subquery().c.part
        return {name: count for name, count in (await self._session.execute(select(part, func.count()).group_by(part))).all()}

    async def _moves(self, end: datetime) -> dict[str, Moves]:
        query = (
            select(AUDIT.subject_id, AUDIT.at, AUDIT.action).where(AUDIT.action.in_((*OPENED, *SHUT)), AUDIT.at < end).order_by(AUDIT.at, AUDIT.id)
        )
        found: defaultdict[str, Moves] = defaultdict(list)
        for subject, at, action in (await self._session.execute(query)).all():
            found[subject].append((at, action))
        return found

    async def _asked(self, end: datetime) -> dict[UUID, datetime]:
        query = select(M.offer_id, func.min(M.created_at)).where(M.created_at < end).group_by(M.offer_id)
        return {offer_id: at for offer_id, at in (await self._session.execute(query)).all()}

    async def _uses(self, begin: datetime, end: datetime) -> dict[UUID, list[Use]]:
        query = select(M.offer_id, M.size, M.created_at, M.ended_at, M.places).where(
            M.created_at < end, or_(M.places != "given_back", M.ended_at.is_(None), M.ended_at >= begin)
        )
        found: defaultdict[UUID, list[Use]] = defaultdict(list)
        for row in (await self._session.execute(query)).all():
            found[row.offer_id].append(Use(row.size, row.created_at, row.ended_at if row.places == "given_back" else None))
        return found


def open_times(
    posted_at: datetime, state: str, updated_at: datetime, moves: Sequence[tuple[datetime, str]]
) -> tuple[tuple[datetime, datetime | None], ...]:
    """The times in which an offer took requests, from its moves in order. One that was never approved opened when it was posted, unless it waits
    for a moderator still or was refused; one that is shut without a trace of it was shut when it changed last."""
    approved = any(action == "offer.approved" for _, action in moves)
    refused = any(action == "offer.refused" for _, action in moves)
    since = None if approved or refused or state in NOT_YET else posted_at
    found: list[tuple[datetime, datetime | None]] = []
    for at, action in moves:
        if action in OPENED and since is None:
            since = at
        elif action in SHUT and since is not None:
            found.append((since, at))
            since = None
    if since is not None:
        found.append((since, max(updated_at, since) if state in ("closed", "paused") else None))
    return tuple(found)


def _keys(row: Any) -> Keys:  # Any: a row of a query
    """What a need counts under. Its language is the first one that it names, else the first of its case."""
    named = [wish["code"] for wish in row.languages or ()] or list(row.spoken or ())
    return Keys(row.category, area_of(row.lat, row.lon), primary(named[0]) if named else UNKNOWN)


def _own(totals: dict[str, int]) -> dict[str, int]:
    """Totals that hold what lies below, without it."""
    own = dict(totals)
    for name, count in totals.items():
        above = name.rpartition(".")[0]
        if above in own and above:
            own[above] -= count
    return own
