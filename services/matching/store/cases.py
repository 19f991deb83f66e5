"""Cases in the database: seen by the team that recorded them and by teams they are shared with."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, delete, false, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import core
from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.paging import Listed, PageRequest, read_page
from services.matching.model.case import Case, CaseState, Household
from services.matching.store import shapes
from services.matching.tables import Base, CaseRow, CaseShareRow, NeedRow

CASES = Base.metadata.tables["hub_case"]
SHARE = Base.metadata.tables["case_share"]
C, N, S = CASES.c, Base.metadata.tables["need"].c, SHARE.c

SHARES = select(S.case_id, S.actor_id).where(S.case_id.in_(bindparam("cases", expanding=True)))


class CaseNotFound(NotFound):
    """No such case, or none that the caller may see."""


class CaseChanged(PreconditionFailed):
    """The case was changed since it was read."""


class Hold(Enum):
    """What is done to a row that is read."""

    NOT = 0
    KEEP = 1
    CHANGE = 2


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """Cases that the caller may see: what they recorded, their team's, and what is shared with it. The hub itself sees all."""
    account, team = _ways(caller)
    return C.id.is_not(None) if caller.kind == "system" else _seen(account, team)


def _ways(caller: Caller) -> tuple[UUID | None, UUID | None]:
    """The account whose cases the caller may see, and the team."""
    records = caller.role in ("member", "coordinator")
    account = UUID(caller.id) if caller.kind == "account" and caller.id and records else None
    return account, caller.actor_id if records or caller.scopes & {"needs", "matches"} else None


def _seen(account: Any, team: Any) -> ColumnElement[bool]:  # Any: ids, or the names of ids
    ways: list[ColumnElement[bool]] = []
    if account is not None:
        ways.append(C.recorded_by == account)
    if team is not None:
        ways += [C.actor_id == team, C.id.in_(select(S.case_id).where(S.actor_id == team))]
    return or_(*ways) if ways else false()


@cache
def _one(all_of_them: bool, account: bool, team: bool, hold: Hold) -> Select[Any]:
    """The question for one case, a row for each team that it is shared with; built once for each kind of caller, for each request asks it."""
    own = bindparam("account", type_=C.recorded_by.type) if account else None
    seen = C.id.is_not(None) if all_of_them else _seen(own, bindparam("team", type_=C.actor_id.type) if team else None)
    share = SHARE.alias("share")
    query: Select[Any] = select(CASES, share.c.actor_id.label("shared_with")).where(C.id == bindparam("case"), seen)
    query = query.select_from(CASES.outerjoin(share, share.c.case_id == C.id))
    return query if hold is Hold.NOT else query.with_for_update(read=hold is Hold.KEEP, of=CASES)


class CaseStore:
    """Cases of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, case: Case, statement: dict[str, Any]) -> None:  # Any: the consent as it was recorded
        """Insert a new case, with the consent as the coordinator recorded it."""
        self._session.add(CaseRow(id=case.id, statement=statement, **_case_columns(case)))
        await self._session.flush()
        await self._share(case)

    async def seen(self, case_id: UUID, caller: Caller, *, lock: bool = False, keep: bool = False) -> Case:
        """One case that the caller may see. Raises CaseNotFound. `lock`: to change it; `keep`: until the commit nobody changes it, others may
        keep it too."""
        account, team = _ways(caller)
        query = _one(caller.kind == "system", account is not None, team is not None, Hold.CHANGE if lock else Hold.KEEP if keep else Hold.NOT)
        connection = await core(self._session)
        rows = (await connection.execute(query, {"case": case_id, "account": account, "team": team})).all()
        if not rows:
            raise CaseNotFound("There is no such case, or none that you may see.")
        return replace(to_case(rows[0]), shared_with=frozenset(row.shared_with for row in rows if row.shared_with is not None))

    async def save(self, before: Case, after: Case) -> None:
        """Write a change, if nobody else did meanwhile. Raises CaseChanged."""
        values = _case_columns(after)
        if before.state is not after.state:
            values["closed_at"] = after.updated_at if after.state is CaseState.CLOSED else None
        done = await self._session.execute(update(CaseRow).where(C.id == before.id, C.version == before.version).values(**values))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise CaseChanged("Somebody changed this case in the meantime; read it again.")
        if before.shared_with != after.shared_with:
            await self._share(after)

    async def statement(self, case_id: UUID) -> dict[str, Any]:  # Any: as recorded
        """The consent as the coordinator recorded it."""
        found: dict[str, Any] = (await self._session.execute(select(C.statement).where(C.id == case_id))).scalar_one()
        return found

    async def many(self, ids: Iterable[UUID]) -> dict[UUID, Case]:
        """Those of the ids that exist."""
        wanted, found = list(set(ids)), {}
        for start in range(0, len(wanted), 400):
            rows = (await self._session.execute(select(CaseRow).where(C.id.in_(wanted[start : start + 400])))).scalars().all()
            found.update({case.id: case for case in await self._with_shares(rows)})
        return found

    async def listed(self, caller: Caller, page: PageRequest, *, state: str | None = None, code: str | None = None) -> Listed[Case]:
        """Cases that the caller may see, newest first; `code`: the one of that code."""
        query: Select[Any] = select(CaseRow).where(seen_by(caller))
        if code is not None:
            query = query.where(C.code == code)
        if state is not None:
            query = query.where(C.state == state)
        result = await read_page(self._session, query, [C.id], page, descending=True)
        return Listed(await self._with_shares(result.items), result.more_after, result.total)

    async def is_blanked(self, case_id: UUID) -> bool:
        """Whether what describes the household was removed."""
        return bool((await self._session.execute(select(C.blanked).where(C.id == case_id))).scalar_one())

    async def to_blank(self, before: datetime, limit: int = 100) -> list[UUID]:
        """Cases that were closed before that moment and still hold a household."""
        query = select(C.id).where(C.state == "closed", C.blanked.is_(False), C.closed_at < before).order_by(C.id).limit(limit)
        return list((await self._session.execute(query)).scalars())

    async def blank(self, case_id: UUID, now: datetime) -> None:
        """Remove what describes the household; the code and the history of states stay."""
        values = {
            "household": shapes.household_json(Household()),
            "languages": [],
            "attributes": [],
            "lat": None,
            "lon": None,
            "updated_at": now,
            "blanked": True,
        }
        await self._session.execute(update(CaseRow).where(C.id == case_id).values(**values))
        blank: dict[str, Any] = {name: [] for name in ("languages", "topics", "windows", "requires", "provides", "preferences", "links")}
        blank |= {"max_travel_km": 0, "from_date": None, "until_date": None}
        await self._session.execute(update(NeedRow).where(N.case_id == case_id).values(**blank))

    async def _share(self, case: Case) -> None:
        await self._session.execute(delete(CaseShareRow).where(S.case_id == case.id))
        if case.shared_with:
            rows = [{"case_id": case.id, "actor_id": actor_id} for actor_id in sorted(case.shared_with)]
            await self._session.execute(insert(CaseShareRow), rows)

    async def _with_shares(self, rows: Sequence[CaseRow | Row[Any]]) -> list[Case]:
        shares: dict[UUID, set[UUID]] = {}
        if rows:
            for case_id, actor_id in await (await core(self._session)).execute(SHARES, {"cases": [row.id for row in rows]}):
                shares.setdefault(case_id, set()).add(actor_id)
        return [replace(to_case(row), shared_with=frozenset(shares.get(row.id, ()))) for row in rows]


def to_case(row: CaseRow | Row[Any]) -> Case:
    """A row as the model's value, without its shares."""
    return Case(
        id=row.id,
        code=row.code,
        recorded_by=row.recorded_by,
        actor_id=row.actor_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        household=shapes.household(row.household),
        languages=tuple(row.languages),
        attributes=frozenset(row.attributes),
        location=shapes.place(row.lat, row.lon),
        consent=shapes.consent(row.consent),
        state=CaseState(row.state),
        version=row.version,
    )


def _case_columns(case: Case) -> dict[str, Any]:  # Any: column values of many types
    return {
        "version": case.version,
        "code": case.code,
        "state": str(case.state),
        "recorded_by": case.recorded_by,
        "actor_id": case.actor_id,
        "household": shapes.household_json(case.household),
        "languages": list(case.languages),
        "attributes": sorted(case.attributes),
        "lat": case.location.lat if case.location else None,
        "lon": case.location.lon if case.location else None,
        "consent": shapes.consent_json(case.consent),
        "created_at": case.created_at,
        "updated_at": case.updated_at,
    }
