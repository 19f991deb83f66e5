"""Keep the search complete, and search over all kinds of records."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.actors.model.records import Actor, Declaration, Initiative, Record, Resource
from services.actors.model.search import Sought, Tier, question_of, spelling
from services.actors.store.actors import ActorFilter
from services.actors.store.facets import Facet
from services.actors.store.records import Records
from services.actors.store.revision import mark_changed
from services.actors.store.search import Hit
from services.actors.work import Work

AT_ONCE = 500
"""Records that are read again in one transaction, so that others need not wait long."""
SNIPPET = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was found, with a few words of it that tell why."""

    kind: Sought
    id: UUID
    slug: str | None
    title: str
    snippet: str
    tier: Tier
    actor_id: UUID | None
    url: str | None = None
    year: int | None = None


def _stores(work: Work) -> dict[Sought, Records[Any]]:  # Any: a record of the kind
    return {
        Sought.ACTOR: work.actors.records, Sought.INITIATIVE: work.initiatives, Sought.DECLARATION: work.declarations,
        Sought.RESOURCE: work.resources,
    }  # fmt: skip


async def mend_search(work: Work) -> bool:
    """Read again what the search does not hold as the records are now, one portion. Answers whether there may be more."""
    if await work.revision.unhealed() is None:
        return False
    for kind, store in _stores(work).items():
        ids = await work.search.outdated(store.row, kind, AT_ONCE)
        if ids:
            mark_changed(work.session)
            await work.search.put_many(list((await store.known(ids)).values()))
            return True
        await work.search.drop_orphans(store.row, kind)
    return False


async def misjudged_actors(work: Work) -> tuple[int | None, list[list[tuple[int, int]]]]:
    """Up to which revision the search is compared now (None: nothing is new), and the actors whose memberships it counts wrongly, in portions."""
    revision = await work.revision.unhealed()
    counts = await work.search.misjudged() if revision is not None else []
    return revision, [counts[start : start + AT_ONCE] for start in range(0, len(counts), AT_ONCE)]


async def weigh_actors(work: Work, counts: Sequence[tuple[int, int]]) -> None:
    """Count the memberships of these actors for the order of hits."""
    mark_changed(work.session)
    await work.search.weigh(counts)


async def note_mended(work: Work, revision: int) -> None:
    """The search holds what the registry held at a revision."""
    await work.revision.healed(revision)


async def sweep_search(work: Work) -> None:
    """Forget words that are in no record, and earlier places that no reader goes on from."""
    await work.search.words.sweep()
    await work.search.forget_places()


async def spread(work: Work, wanted: ActorFilter) -> dict[str, list[Facet]]:
    """How the actors that are asked for spread over kinds, countries, networks and themes: counted once for each state of the registry."""
    revision = await work.revision.now()
    counts: dict[str, list[Facet]] = await work.counted.at(revision, wanted, lambda: work.actors.facets(wanted))
    return counts


async def found_of(work: Work, hits: Sequence[Hit], q: str) -> list[Found]:
    """The records of these hits as a list of all kinds shows them."""
    records: dict[UUID, Record] = {}
    for kind, store in _stores(work).items():
        records |= await store.some(hit.record_id for hit in hits if hit.kind is kind)
    owners = {owner for record in records.values() if (owner := _owner(record))}
    refs = await work.actors.refs(owners)
    shown: list[Found] = []
    for hit in hits:
        record = records.get(hit.record_id)
        if record is None:
            continue
        owner = _owner(record)
        name = refs[owner].name if owner in refs else None
        shown.append(
            Found(
                kind=hit.kind, id=record.id, slug=getattr(record, "slug", None), title=hit.title, snippet=_snippet(record, name, q), tier=hit.tier,
                actor_id=owner, url=getattr(record, "url", None), year=_year(record),
            )
        )  # fmt: skip
    return shown


def _owner(record: Record) -> UUID | None:
    if isinstance(record, Initiative):
        return record.actor_id
    return record.municipality_id if isinstance(record, Declaration) else None


def _year(record: Record) -> int | None:
    if isinstance(record, Declaration):
        return int(record.date[:4])
    return record.year if isinstance(record, Initiative | Resource) else None


def _snippet(record: Record, owner: str | None, q: str) -> str:
    if isinstance(record, Actor):
        parts = [record.local_name if record.local_name != record.name else None, record.country, record.website]
    elif isinstance(record, Initiative):
        parts = [owner, str(record.year) if record.year else None, passage(record.summary or "", q) or None]
    elif isinstance(record, Declaration):
        parts = [owner, record.date]
    else:
        parts = [record.authors, str(record.year) if record.year else None] if isinstance(record, Resource) else []
    return " · ".join(part for part in parts if part)[: SNIPPET + 100]


def passage(text: str, q: str) -> str:
    """The part of a text around the first word that was asked for; its beginning when none is in it."""
    asked = question_of(q).words
    for match in re.finditer(r"\w+", text):
        word = spelling(match[0])
        if word and any(word.startswith(one) for one in asked):
            start = max(0, match.start() - SNIPPET // 2)
            break
    else:
        start = 0
    piece = text[start : start + SNIPPET]
    if start:
        piece = "… " + piece[piece.find(" ") + 1 :]
    return piece if start + SNIPPET >= len(text) else piece[: piece.rfind(" ")] + " …"
