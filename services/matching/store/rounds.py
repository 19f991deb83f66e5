"""Rounds in the database: seen by who began them and their team."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.ids import derived_id
from chassis.paging import Listed, PageRequest, read_page
from services.matching.engine.plan import Progress, plan_from, plan_to_plain
from services.matching.engine.rounds.compared import Compared, Figures, LevelFigures
from services.matching.engine.types import Place, Urgency
from services.matching.model.round import NeedFilter, NotApplied, NotAppliedReason, Round, RoundFailure, RoundState, Wishes
from services.matching.tables import Base, RoundRow

R = Base.metadata.tables["hub_round"].c


class RoundNotFound(NotFound):
    """No such round, or none that the caller may see."""


class RoundChanged(PreconditionFailed):
    """The round was changed since it was read."""


def caller_key(caller: Caller) -> UUID:
    """The caller as a UUID: an account's id; an API client's derived one."""
    return UUID(caller.id) if caller.kind == "account" and caller.id else derived_id("caller", caller.principal)


class RoundStore:
    """Rounds of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, made: Round, actor_id: UUID | None) -> None:
        """Insert a new round; `actor_id` is the team of who began it."""
        self._session.add(RoundRow(id=made.id, actor_id=actor_id, **_columns(made)))
        await self._session.flush()

    async def seen(self, round_id: UUID, caller: Caller) -> tuple[Round, UUID | None]:
        """One round that the caller may see, and its team. Raises RoundNotFound."""
        row = (await self._session.execute(select(RoundRow).where(R.id == round_id, _seen_by(caller)))).scalar_one_or_none()
        if row is None:
            raise RoundNotFound("There is no such round, or none that you may see.")
        return to_round(row), row.actor_id

    async def save(self, before: Round, after: Round) -> None:
        """Write a change, if nobody else did meanwhile. Raises RoundChanged."""
        done = await self._session.execute(update(RoundRow).where(R.id == before.id, R.version == before.version).values(**_columns(after)))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise RoundChanged("Somebody changed this round in the meantime; read it again.")

    async def note_progress(self, round_id: UUID, version: int, progress: Progress) -> bool | None:
        """Keep how far the solver is. Answers whether it is asked to stop; None where the round is not that one any more."""
        at = select(R.progress).where(R.id == round_id, R.version == version, R.state == "solving")
        found = (await self._session.execute(at.with_for_update())).one_or_none()
        if found is None:
            return None
        stopping = bool(found.progress and found.progress.get("stopping"))
        await self._session.execute(update(RoundRow).where(R.id == round_id).values(progress={**asdict(progress), "stopping": stopping}))
        return stopping

    async def ask_to_stop(self, made: Round) -> None:
        """Ask the solver of a round to stop, on whatever replica it runs."""
        at = select(R.progress).where(R.id == made.id, R.version == made.version, R.state == "solving")
        found = (await self._session.execute(at.with_for_update())).one_or_none()
        if found is None:
            raise RoundChanged("Somebody changed this round in the meantime; read it again.")
        await self._session.execute(update(RoundRow).where(R.id == made.id).values(progress={**(found.progress or {}), "stopping": True}))

    async def listed(self, caller: Caller, page: PageRequest) -> Listed[Round]:
        """Rounds that the caller may see, newest first."""
        query = select(RoundRow).where(_seen_by(caller))
        return (await read_page(self._session, query, [R.id], page, descending=True)).map(to_round)

    async def solving(self, limit: int = 5) -> list[tuple[Round, UUID | None]]:
        """Rounds that wait for a plan, oldest first."""
        rows = (await self._session.execute(select(RoundRow).where(R.state == "solving").order_by(R.id).limit(limit))).scalars()
        return [(to_round(row), row.actor_id) for row in rows]


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role == "admin" or caller.kind == "system":
        return R.id.is_not(None)
    own = R.created_by == caller_key(caller)
    return or_(own, R.actor_id == caller.actor_id) if caller.actor_id is not None else own


def to_round(row: RoundRow) -> Round:
    """A row as the model's value."""
    needs = row.needs
    return Round(
        id=row.id,
        created_by=row.created_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
        needs=NeedFilter(
            frozenset(needs["categories"]),
            frozenset(Urgency(each) for each in needs["urgencies"]),
            frozenset(UUID(each) for each in needs["need_ids"]),
            Place(*needs["near"]) if needs["near"] else None,
            needs["radius_km"],
        ),
        wishes=Wishes(
            _pairs(row.pinned),
            _pairs(row.forbidden),
            frozenset(UUID(each) for each in (row.excluded or {}).get("needs", ())),
            frozenset(UUID(each) for each in (row.excluded or {}).get("offers", ())),
            row.seconds,
        ),
        plan=plan_from(row.plan) if row.plan else None,
        weights=row.weights,
        stood=_pairs(row.start) if row.start is not None else None,
        progress=Progress(**{key: value for key, value in row.progress.items() if key != "stopping"}) if _has_figures(row.progress) else None,
        stopping=bool(row.progress and row.progress.get("stopping")),
        compared=Compared(**{name: _figures(each) for name, each in row.compared.items()}) if row.compared else None,
        match_ids=tuple(UUID(each) for each in row.match_ids),
        not_applied=tuple(NotApplied(UUID(need), UUID(offer), NotAppliedReason(reason)) for need, offer, reason in row.not_applied),
        failure=RoundFailure(row.failure) if row.failure else None,
        state=RoundState(row.state),
        version=row.version,
    )


def _has_figures(progress: Any) -> bool:  # Any: JSON
    return bool(progress and "value" in progress)


def _figures(row: Any) -> Figures:  # Any: JSON
    return Figures(**{**row, "levels": tuple(LevelFigures(**each) for each in row["levels"])})


def _pairs_json(pairs: frozenset[tuple[UUID, UUID]]) -> list[list[str]]:
    return sorted([str(need), str(offer)] for need, offer in pairs)


def _pairs(rows: Any) -> frozenset[tuple[UUID, UUID]]:  # Any: JSON
    return frozenset((UUID(need), UUID(offer)) for need, offer in rows)


def _columns(made: Round) -> dict[str, Any]:  # Any: column values of many types
    near = made.needs.near
    return {
        "version": made.version,
        "state": str(made.state),
        "created_by": made.created_by,
        "needs": {
            "categories": sorted(made.needs.categories),
            "urgencies": sorted(made.needs.urgencies),
            "need_ids": sorted(str(each) for each in made.needs.need_ids),
            "near": [near.lat, near.lon] if near else None,
            "radius_km": made.needs.radius_km,
        },
        "seconds": made.wishes.seconds,
        "pinned": _pairs_json(made.wishes.pinned),
        "forbidden": _pairs_json(made.wishes.forbidden),
        "excluded": {
            "needs": sorted(str(each) for each in made.wishes.without_needs),
            "offers": sorted(str(each) for each in made.wishes.without_offers),
        },
        "plan": plan_to_plain(made.plan) if made.plan else None,
        "weights": made.weights,
        "start": _pairs_json(made.stood) if made.stood is not None else None,
        "progress": {**(asdict(made.progress) if made.progress else {}), "stopping": made.stopping},
        "compared": asdict(made.compared) if made.compared else None,
        "match_ids": [str(each) for each in made.match_ids],
        "not_applied": [[str(each.need_id), str(each.offer_id), each.reason.value] for each in made.not_applied],
        "failure": made.failure.value if made.failure else None,
        "created_at": made.created_at,
        "updated_at": made.updated_at,
    }
