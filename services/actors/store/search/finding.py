"""Finds: conditions for a question, pages of actors that neither lose nor double one while others write, type-ahead, and all kinds at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, false, func, not_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.errors import invalid_field
from chassis.paging import Listed, PageRequest
from services.actors.model.search import Question, Sought, Tier, question_of
from services.actors.store.revision import revision_column
from services.actors.store.search.full_text import FullText, full_text_of
from services.actors.store.search.words import Words
from services.actors.tables import SearchEntryRow, SearchMovedRow

E = SearchEntryRow
FEW = 5
"""With fewer hits than that, and no name among them that begins so, similar ones are shown after them."""
MOST_SIMILAR = 20
MOST_RANKED = 200
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found."""

    kind: Sought
    record_id: UUID
    title: str
    tier: Tier


@dataclass(slots=True)
class Finder:
    """Finds in one transaction."""

    session: AsyncSession
    full_text: FullText = field(init=False)
    words: Words = field(init=False)

    def __post_init__(self) -> None:
        self.full_text = full_text_of(self.session)
        self.words = Words(self.session, self.full_text)

    def exactly(self, question: Question) -> ColumnElement[bool]:
        """Entries that have every word, or a word that begins with it. A single letter alone asks for how the name begins."""
        if len(question.key) == 1:
            return col(E.sort_key).between(question.key, question.key + "~")
        return self.full_text.has([[f"{word}*"] if len(word) > 1 else [word] for word in question.words])

    async def alternatives(self, question: Question) -> dict[str, dict[str, int]] | None:
        """For each word what may be meant, with how far it is from it; None when nothing else can be meant. Where some words are in no record,
        the others are believed."""
        known = await self.words.known(question.words)
        doubted = [word for word in question.words if word not in known] or question.words
        found: dict[str, dict[str, int]] = {}
        for word in question.words:
            begins = f"{word}*" if len(word) > 1 else word
            found[word] = {begins: 0}
            if word in doubted:
                found[word] |= await self.words.like(word, is_last=word == question.words[-1])
        return found if any(len(some) > 1 for some in found.values()) else None

    def of_kinds_only(self, question: Question, kinds: Sequence[Sought] | None) -> list[ColumnElement[bool]]:
        """The condition on entries that they are of these kinds (None: any). For a single letter the list by name leads to them."""
        if not kinds:
            return []
        kind = col(E.kind) if len(question.key) == 1 else self.full_text.checked(col(E.kind))
        return [kind == kinds[0].value if len(kinds) == 1 else kind.in_([one.value for one in kinds])]

    async def matching(self, q: str, kind: Sought) -> ColumnElement[bool] | None:
        """The condition on entries of a kind for a question: every word is there; where no entry of that kind has them, similar words.
        None: nothing can be found."""
        question = question_of(q)
        if not question.words:
            return None
        exact, conditions = self.exactly(question), self.of_kinds_only(question, [kind])
        if (await self.session.execute(select(col(E.id)).where(exact, *conditions).limit(1))).first() is not None:
            return exact
        near = await self.alternatives(question)
        return self.full_text.has([list(some) for some in near.values()]) if near else None

    async def page(
        self,
        request: PageRequest,
        q: str,
        conditions: Conditions,
        joined: Any = None,  # Any: a mapped class
        kinds: Sequence[Sought] | None = None,
    ) -> Listed[Hit]:
        """One page of hits of these kinds (None: any): exact names, beginnings, all words; within these the larger first, then by name; similar
        ones at the end of a short list. `joined` is a table that conditions speak of; its id is the record's."""
        question = question_of(q)
        if not question.words:
            return Listed([], None)
        conditions = [*self.of_kinds_only(question, kinds), *conditions]
        rows, more = await self._walk(request, question, [*conditions, self.exactly(question)], joined)
        hits = [Hit(Sought(row.kind), row.record_id, row.title, Tier(row.tier)) for row in rows]
        is_short = more is None and request.after is None and len(hits) < min(FEW, request.limit)
        if is_short and all(hit.tier is Tier.WORDS for hit in hits):
            hits += await self.similar(question, conditions, joined, min(MOST_SIMILAR, request.limit) - len(hits))
        return Listed(hits, more)

    async def having(self, kind: Sought, record_id: Any, q: str) -> ColumnElement[bool]:  # Any: the mapped column of the record's id
        """The condition on records of a kind that they have these words, or similar ones where none has them."""
        matching = await self.matching(q, kind)
        of_kind = self.of_kinds_only(question_of(q), [kind])
        return false() if matching is None else record_id.in_(select(col(E.record_id)).where(*of_kind, matching))

    async def suggestions(self, q: str, limit: int) -> list[Hit]:
        """Actors that may be meant, the best few."""
        return (await self.page(PageRequest(limit, None), q, [col(E.archived).is_(False)], kinds=[Sought.ACTOR])).items[:limit]

    async def of_kinds(self, request: PageRequest, q: str, kinds: Sequence[Sought] | None, country: str | None) -> Listed[Hit]:
        """One page of hits of these kinds (None: all), of a country."""
        where: list[ColumnElement[bool]] = [col(E.archived).is_(False)]
        if country is not None:
            where.append(col(E.country) == country)
        return await self.page(request, q, where, kinds=kinds)

    async def similar(self, question: Question, conditions: Conditions, joined: Any, limit: int) -> list[Hit]:  # Any: as above
        """Entries that do not have the words themselves but similar ones, the nearest first."""
        near = await self.alternatives(question) if limit > 0 else None
        if near is None:
            return []
        columns: tuple[Any, ...] = (E.kind, E.record_id, E.title, E.words, E.lightness, E.sort_key)  # Any: mapped columns
        found = _from(select(*map(col, columns)), joined).where(*conditions)
        found = found.where(self.full_text.has([list(some) for some in near.values()]), not_(self.exactly(question)))
        rows = (await self.session.execute(found.order_by(col(E.lightness), col(E.id)).limit(MOST_RANKED))).all()
        ranked = sorted(rows, key=lambda row: (_distance(row.words, near), row.lightness, row.sort_key, row.record_id))
        return [Hit(Sought(row.kind), row.record_id, row.title, Tier.SIMILAR) for row in ranked[:limit]]

    async def _walk(
        self,
        request: PageRequest,
        question: Question,
        conditions: Conditions,
        joined: Any,  # Any: as above
    ) -> tuple[list[Any], tuple[Any, ...] | None]:  # Any: named rows; values of the sort columns
        if request.after is not None and len(request.after) != 5:
            raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
        names: Any = col(E.names)  # Any: a column, or where it was before
        light: Any = col(E.lightness)
        name: Any = col(E.sort_key)
        before = await places_before(self.session, request.after[0]) if request.after else None
        if before is not None:
            names, light, name = func.coalesce(before.names, names), func.coalesce(before.lightness, light), func.coalesce(before.sort_key, name)
        tier = case((names.contains(f"|{question.key}|"), 0), (names.contains(f"|{question.key}"), 1), else_=2)
        order = tier, light, name, col(E.record_id)
        asked = _from(
            select(
                col(E.kind), col(E.record_id), col(E.title), tier.label("tier"), light.label("light"), name.label("name"),
                revision_column().label("revision"),
            ),
            joined,
        ).where(*conditions)  # fmt: skip
        if before is not None:
            asked = asked.outerjoin(before, before.record_id == col(E.record_id))
        if request.after is not None:
            asked = asked.where(tuple_(*order) > tuple_(*request.after[1:]))
        rows = list((await self.session.execute(asked.order_by(*order).limit(request.limit + 1))).all())
        if len(rows) <= request.limit:
            return rows, None
        rows = rows[: request.limit]
        last, revision = rows[-1], request.after[0] if request.after else rows[-1].revision
        return rows, (revision, last.tier, last.light, last.name, last.record_id)


async def places_before(session: AsyncSession, revision: int) -> Any:  # Any: an aliased subquery, or None
    """Where records that moved since a revision stood at that revision; None when nothing moved."""
    row = SearchMovedRow
    if not isinstance(revision, int) or (await session.execute(select(col(row.id)).where(col(row.until) > revision).limit(1))).first() is None:
        return None
    first = select(func.min(col(row.id))).where(col(row.until) > revision).group_by(col(row.record_id))
    return aliased(row, select(row).where(col(row.id).in_(first)).subquery())


def _from(asked: Select[Any], joined: Any) -> Select[Any]:  # Any: rows; a mapped class
    return asked if joined is None else asked.join(joined, joined.id == col(E.record_id))


def _distance(words: str, near: dict[str, dict[str, int]]) -> int:
    """How far an entry is from what was typed: for each word its nearest alternative that is there."""
    there = words.split()
    total = 0
    for some in near.values():
        total += min(
            (far for one, far in some.items() if (one in there if not one.endswith("*") else any(word.startswith(one[:-1]) for word in there))),
            default=9,
        )
    return total
