"""Keeps the search in step with the records: puts, drops, merges, and compares the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.records import Record
from services.actors.model.search import FOLDING, Entry, Sought, lightness
from services.actors.store.among import MOST, among, lists
from services.actors.store.bulk import insert_rows
from services.actors.store.records import chunks
from services.actors.store.revision import mark_changed
from services.actors.store.search.again import look_again
from services.actors.store.search.entries import entries_of
from services.actors.store.search.full_text import FullText, full_text_of
from services.actors.store.search.words import Words
from services.actors.tables import FormerNameRow, MembershipRow, SearchEntryRow, SearchMovedRow

TABLE: Any = SearchEntryRow.__table__  # type: ignore[attr-defined]  # Any: a table
MOVED = "search moved"
PLACE_KEPT = timedelta(days=1)
"""For so long a reader who pages through a list finds every record where it stood when they began."""


@dataclass(slots=True)
class SearchStore:
    """What is kept for searching, in one transaction."""

    session: AsyncSession
    now: datetime
    full_text: FullText = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.full_text = full_text_of(self.session)
        self.words = Words(self.session, self.full_text)

    async def put(self, record: Record) -> None:
        """Keep a record as it is now."""
        await self.put_many([record])

    async def put_many(self, records: Sequence[Record]) -> None:
        """Keep these records as they are now; a name that an actor no longer has stays as a former name."""
        for start in range(0, len(records), MOST):
            part = records[start : start + MOST]
            stored = await self._stored(record.id for record in part)
            entries = await entries_of(self.session, part)
            if await self._keep_former(stored, entries):
                entries = await entries_of(self.session, part)
            await self._write(stored, entries, {record.id: record.version for record in part})
            await self.words.add({word for entry in entries.values() for word in entry.single_words})

    async def drop(self, record_id: UUID, merged_into: UUID | None = None) -> None:
        """A record left. The names of one that was merged lead to where it went."""
        stored = (await self._stored([record_id])).get(record_id)
        await self.session.execute(delete(SearchEntryRow).where(col(SearchEntryRow.record_id) == record_id))
        former = list((await self.session.execute(select(col(FormerNameRow.name)).where(col(FormerNameRow.actor_id) == record_id))).scalars())
        await self.session.execute(delete(FormerNameRow).where(col(FormerNameRow.actor_id) == record_id))
        if merged_into is not None and stored is not None and stored.kind == Sought.ACTOR:
            rows = [{"actor_id": merged_into, "name": name, "origin": record_id, "until": self.now} for name in {stored.title, *former}]
            await self.session.execute(self.full_text.insert(FormerNameRow), rows)
            await look_again(self.session, [merged_into])

    async def stamp(self, revision: int) -> None:
        """At the end of a transaction: the earlier places that it noted held until this revision."""
        if self.session.info.pop(MOVED, None):
            await self._quietly(update(SearchMovedRow).where(col(SearchMovedRow.until).is_(None)).values(until=revision))

    async def forget_places(self) -> None:
        """Forget the earlier places that no reader goes on from."""
        await self.session.execute(delete(SearchMovedRow).where(col(SearchMovedRow.moved_at) < self.now - PLACE_KEPT))

    async def outdated(self, row: Any, kind: Sought, limit: int) -> list[UUID]:  # Any: a mapped class
        """Ids of records of a kind that are not kept as they are now."""
        kept = and_(col(SearchEntryRow.record_id) == row.id, col(SearchEntryRow.kind) == kind.value)
        differs = or_(col(SearchEntryRow.id).is_(None), col(SearchEntryRow.record_version) != row.version, col(SearchEntryRow.folding) != FOLDING)
        asked = select(row.id).outerjoin(SearchEntryRow, kept).where(differs).limit(limit)
        return list((await self.session.execute(asked)).scalars())

    async def drop_orphans(self, row: Any, kind: Sought) -> None:  # Any: a mapped class
        """Forget what is kept of records of a kind that are no longer there."""
        gone = select(col(SearchEntryRow.id)).outerjoin(row, row.id == col(SearchEntryRow.record_id))
        ids = (await self.session.execute(gone.where(col(SearchEntryRow.kind) == kind.value, row.id.is_(None)))).scalars()
        for part in chunks(ids):
            await self.session.execute(delete(SearchEntryRow).where(col(SearchEntryRow.id).in_(part)))

    async def misjudged(self) -> list[tuple[int, int]]:
        """Entries of actors whose number of memberships is another than the one that is kept, and how many they are."""
        sides = union_all(select(col(MembershipRow.member_id).label("actor")), select(col(MembershipRow.network_id).label("actor"))).subquery()
        counted = select(sides.c.actor, func.count().label("links")).group_by(sides.c.actor).subquery()
        links = func.coalesce(counted.c.links, 0)
        asked = (
            select(TABLE.c.id, links)
            .outerjoin(counted, counted.c.actor == TABLE.c.record_id)
            .where(TABLE.c.kind == Sought.ACTOR.value, TABLE.c.links != links)
            .order_by(TABLE.c.id)
        )
        return [(row[0], int(row[1])) for row in (await self.session.execute(asked)).all()]

    async def weigh(self, counts: Sequence[tuple[int, int]]) -> None:
        """Keep these numbers of memberships, and where the actors stand among equals by them."""
        links = dict(counts)
        rows: list[Any] = []  # Any: named rows
        for part in chunks(links):
            rows += (await self.session.execute(select(*TABLE.c).where(TABLE.c.id.in_(part)))).all()
        changed = [(row, links[row.id], lightness(row.people, links[row.id])) for row in rows]
        await self._note_moved([row for row, _, light in changed if light != row.lightness])
        await self._update_many([{"the_id": row.id, "the_links": many, "the_lightness": light} for row, many, light in changed])

    async def _stored(self, ids: Iterable[UUID]) -> dict[UUID, Any]:
        found: dict[UUID, Any] = {}
        for part in lists(ids):
            asked = select(*TABLE.c).where(among(self.session, col(SearchEntryRow.record_id), part))
            rows = (await self.session.execute(asked)).all()
            found |= {row.record_id: row for row in rows}
        return found

    async def _keep_former(self, stored: dict[UUID, Any], entries: dict[UUID, Entry]) -> bool:
        rows = [
            {"actor_id": key, "name": row.title[:200], "origin": None, "until": self.now}
            for key, row in stored.items()
            if row.kind == Sought.ACTOR and key in entries and row.title != entries[key].title
        ]
        if rows:
            await self.session.execute(self.full_text.insert(FormerNameRow), rows)
        back = list(entries.keys() - stored.keys())
        if back:  # a merged record that is parted again takes its names along
            asked = select(col(FormerNameRow.actor_id)).where(among(self.session, col(FormerNameRow.origin), back))
            lenders = set((await self.session.execute(asked)).scalars())
            if lenders:
                await self.session.execute(delete(FormerNameRow).where(col(FormerNameRow.origin).in_(back)))
                await look_again(self.session, lenders)
        return bool(rows)

    async def _write(self, stored: dict[UUID, Any], entries: dict[UUID, Entry], versions: dict[UUID, int]) -> None:
        new: list[dict[str, Any]] = []  # Any: column values
        other: list[dict[str, Any]] = []
        moved: list[Any] = []
        for key, entry in entries.items():
            row = stored.get(key)
            values = _values(entry, versions[key], 0 if row is None else row.links)
            if row is None:
                new.append({"record_id": key, **values})
                continue
            other.append({"the_id": row.id, **{f"the_{name}": value for name, value in values.items()}})
            if any(getattr(row, name) != values[name] for name in ("names", "sort_key", "lightness")):
                moved.append(row)
        if new:
            await insert_rows(self.session, TABLE, list(new[0]), (values.values() for values in new))
        await self._note_moved(moved)
        await self._update_many(other)

    async def _note_moved(self, rows: Sequence[Any]) -> None:
        noted: set[UUID] = self.session.info.setdefault(MOVED, set()) if rows else set()
        fresh = [row for row in rows if row.record_id not in noted]
        if fresh:
            mark_changed(self.session)
            noted.update(row.record_id for row in fresh)
            values = [
                {"record_id": row.record_id, "names": row.names, "sort_key": row.sort_key, "lightness": row.lightness, "moved_at": self.now}
                for row in fresh
            ]
            await self.session.execute(insert(SearchMovedRow.__table__), values)  # type: ignore[attr-defined]

    async def _update_many(self, rows: list[dict[str, Any]]) -> None:  # Any: column values by `the_<name>`
        if rows:
            columns: dict[str, Any] = {name.removeprefix("the_"): bindparam(name) for name in rows[0] if name != "the_id"}
            connection = await self.session.connection()
            await connection.execute(update(TABLE).where(TABLE.c.id == bindparam("the_id")).values(columns), rows)

    async def _quietly(self, statement: Any) -> None:  # Any: an UPDATE
        await self.session.execute(statement.execution_options(synchronize_session=False))


def _values(entry: Entry, version: int, links: int) -> dict[str, Any]:  # Any: column values
    return {
        "kind": entry.kind.value, "record_version": version, "folding": FOLDING, "title": entry.title, "names": f"|{'|'.join(entry.names)}|",
        "words": " ".join(entry.words), "sort_key": entry.sort_key, "sub": entry.sub, "country": entry.country, "archived": entry.archived,
        "people": entry.people, "links": links, "lightness": lightness(entry.people, links),
    }  # fmt: skip
