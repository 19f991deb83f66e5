"""The words there are, by three letters, so that a word that was typed wrongly leads to those that are meant. The same on both databases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.search import forgiven, grams, likeness
from services.actors.store.among import among, lists
from services.actors.store.records import chunks
from services.actors.store.search.full_text import FullText
from services.actors.tables import SearchEntryRow, SearchGramRow, SearchTermRow

MOST_CANDIDATES = 400
MOST_ALTERNATIVES = 12
UNWRITTEN = 4
"""Letters that may still follow a word that is being typed."""
SHORTEST = 3
"""Shorter words, and those with digits, are found only as they are written."""


@dataclass(slots=True)
class Words:
    """The words of one transaction."""

    session: AsyncSession
    full_text: FullText

    async def add(self, words: Iterable[str]) -> None:
        """Words of an entry; those that are known stay."""
        wanted = sorted({word for word in words if len(word) >= SHORTEST and word.isalpha()})
        for part in lists(wanted):
            asked = select(col(SearchTermRow.word)).where(among(self.session, col(SearchTermRow.word), part))
            known = set((await self.session.execute(asked)).scalars())
            new = [word for word in part if word not in known]
            if new:
                await self.session.execute(self.full_text.insert(SearchTermRow), [{"word": word} for word in new])
                rows = [{"gram": gram, "size": len(word), "word": word} for word in new for gram in sorted(grams(word))]
                await self.session.execute(self.full_text.insert(SearchGramRow), rows)

    async def known(self, words: Sequence[str]) -> set[str]:
        """Those of these words that are in some record."""
        return set((await self.session.execute(select(col(SearchTermRow.word)).where(col(SearchTermRow.word).in_(words)))).scalars())

    async def like(self, asked: str, *, is_last: bool) -> dict[str, int]:
        """Words that may be meant by what was typed, with how far they are from it (`model.search.likeness`); the nearest few. The last word of
        a question may not be written to its end yet."""
        if forgiven(asked) == 0 or not asked.isalpha():
            return {}
        row = SearchGramRow
        # Very many words begin with the same letter: in a longer word that alone tells little.
        telling = sorted(grams(asked) - ({f"  {asked[0]}"} if len(asked) > 5 else set()))
        longest = len(asked) + (UNWRITTEN if is_last else forgiven(asked))
        query = (
            select(col(row.word))
            .where(col(row.gram).in_(telling), col(row.size).between(len(asked) - forgiven(asked), longest))
            .group_by(col(row.word))
            .order_by(func.count().desc(), func.min(col(row.size)), col(row.word))
            .limit(MOST_CANDIDATES)
        )
        found = ((word, likeness(asked, word)) for word in (await self.session.execute(query)).scalars())
        near = sorted((far, len(word), word) for word, far in found if far is not None)[:MOST_ALTERNATIVES]
        return {word: far for far, _, word in near}

    async def sweep(self) -> int:
        """Forget words that are in no entry any more. Answers how many."""
        used: set[str] = set()
        after: Any = 0  # Any: a key
        entry = SearchEntryRow
        while True:
            asked = select(col(entry.id), col(entry.words)).where(col(entry.id) > after).order_by(col(entry.id)).limit(5000)
            rows = (await self.session.execute(asked)).all()
            if not rows:
                break
            after = rows[-1][0]
            for _, words in rows:
                used.update(words.split())
        gone = [word for word in (await self.session.execute(select(col(SearchTermRow.word)))).scalars() if word not in used]
        for part in chunks(gone):
            gone_grams = {(gram, len(word)) for word in part for gram in grams(word)}
            for some in chunks(sorted({gram for gram, _ in gone_grams})):
                await self.session.execute(delete(SearchGramRow).where(col(SearchGramRow.gram).in_(some), col(SearchGramRow.word).in_(part)))
            await self.session.execute(delete(SearchTermRow).where(col(SearchTermRow.word).in_(part)))
        return len(gone)
