"""Makes what is kept of records for searching, from the records and from what is known about them elsewhere: former names, identifiers, places."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.model.records import Actor, Declaration, Initiative, Record, Resource
from services.actors.model.search import Entry, Sought, kept_spelling, names_of, words_of
from services.actors.model.texts import folded
from services.actors.store.among import among, lists
from services.actors.tables import ActorIdentifierRow, ActorRow, FormerNameRow

SOUGHT: dict[type[Record], Sought] = {
    Actor: Sought.ACTOR, Initiative: Sought.INITIATIVE, Declaration: Sought.DECLARATION, Resource: Sought.RESOURCE,
}  # fmt: skip
"""Which records can be found."""


async def entries_of(session: AsyncSession, records: Sequence[Record]) -> dict[UUID, Entry]:
    """What is kept of these records; those that cannot be searched are left out."""
    actors = [record.id for record in records if isinstance(record, Actor)]
    former, identifiers = await _former_names(session, actors), await _identifiers(session, actors)
    owners = await _owners(session, {owner for record in records if (owner := _owner(record))})
    found: dict[UUID, Entry] = {}
    for record in records:
        if isinstance(record, Actor):
            found[record.id] = _actor(record, former.get(record.id, ()), identifiers.get(record.id, ()))
        elif type(record) in SOUGHT:
            name, country = owners.get(_owner(record), ("", None))
            found[record.id] = _other(record, name, country)
    return found


def _actor(actor: Actor, former: Sequence[str], identifiers: Sequence[str]) -> Entry:
    names = names_of(actor.name, actor.local_name, *former)
    together = [kept_spelling(identifier).replace(" ", "") for identifier in identifiers]
    return Entry(
        kind=Sought.ACTOR, title=actor.name, names=names, words=words_of(names, actor.slug, *identifiers, *together),
        sort_key=folded(actor.name, actor.local_name, actor.slug), sub=actor.kind.value, country=actor.country, archived=actor.archived,
        people=actor.population,
    )  # fmt: skip


def _other(record: Record, owner: str, country: str | None) -> Entry:
    if isinstance(record, Initiative):
        names = names_of(record.title)
        words = words_of(names, owner, record.slug, record.summary)
        return Entry(Sought.INITIATIVE, record.title, names, words, folded(record.title), "", country)
    if isinstance(record, Resource):
        names = names_of(record.title)
        words = words_of(names, record.authors, record.slug, str(record.year or ""))
        return Entry(Sought.RESOURCE, record.title, names, words, folded(record.title, record.authors, limit=1200), record.kind.value, None)
    assert isinstance(record, Declaration)
    names = names_of(record.title)
    words = words_of(names, owner, record.date[:4])
    return Entry(Sought.DECLARATION, record.title, names, words, folded(record.title), record.type.value, country)


def _owner(record: Record) -> UUID | None:
    if isinstance(record, Initiative):
        return record.actor_id
    return record.municipality_id if isinstance(record, Declaration) else None


async def _owners(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID | None, tuple[str, str | None]]:
    found: dict[UUID | None, tuple[str, str | None]] = {}
    for part in lists(ids):
        asked = select(col(ActorRow.id), col(ActorRow.name), col(ActorRow.country)).where(among(session, col(ActorRow.id), part))
        found |= {row[0]: (row[1], row[2]) for row in (await session.execute(asked)).all()}
    return found


async def _former_names(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for part in lists(ids):
        asked = select(col(FormerNameRow.actor_id), col(FormerNameRow.name)).where(among(session, col(FormerNameRow.actor_id), part))
        for actor_id, name in (await session.execute(asked.order_by(col(FormerNameRow.until), col(FormerNameRow.name)))).all():
            found.setdefault(actor_id, []).append(name)
    return found


async def _identifiers(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for part in lists(ids):
        asked = select(col(ActorIdentifierRow.actor_id), col(ActorIdentifierRow.value)).where(among(session, col(ActorIdentifierRow.actor_id), part))
        for actor_id, value in (await session.execute(asked.order_by(col(ActorIdentifierRow.id)))).all():
            found.setdefault(actor_id, []).append(value)
    return found
