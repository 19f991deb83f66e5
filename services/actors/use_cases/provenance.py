"""Read where records come from and how good they are; keep scores true as records grow old."""

from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Forbidden
from chassis.paging import Listed, PageRequest
from contracts.roles import Role
from services.actors.model.provenance import Entry, RecordKind, changes_between
from services.actors.model.quality import Quality, quality_of
from services.actors.model.quality_words import sentence
from services.actors.model.records import Actor, ActorRef, Membership, Record
from services.actors.model.states import kind_of
from services.actors.store.records import NoSuchRecord
from services.actors.use_cases.parts import owners_of
from services.actors.work import Work


class OnlyAdministrators(Forbidden):
    """Emptying a line is for administrators."""


class LineInUse(Conflict):
    """The line holds the record as it is."""


Shown = dict[str, Any]
"""Fields of an answer (Any: of many types)."""
MOST_RECORDS = 50
MOST_SCORED = 5000
"""Records of one kind that one turn of the timer scores again."""


async def history_of(work: Work, kind: RecordKind, record_id: UUID, request: PageRequest) -> Listed[Shown]:
    """One page of a record's history with what each act changed, newest first. Raises NoSuchRecord when it never was."""
    page = await work.history.page(kind, record_id, request)
    if not page.items and request.after is None:
        raise NoSuchRecord("There is no such record in the registry.")
    earlier: list[Entry | None] = [*page.items[1:], await work.history.before(page.items[-1]) if page.items else None]
    shown = [_line(entry, before) for entry, before in zip(page.items, earlier, strict=bool(page.items))]
    return Listed(shown, page.more_after)


def _line(entry: Entry, before: Entry | None) -> Shown:
    changes = changes_between(before.state if before else None, entry.state) if entry.state is not None else ()
    return {
        "version": entry.version, "act": entry.act, "entered_by": entry.entered_by, "at": entry.at, "source": entry.source,
        "read_on": entry.read_on, "changes": changes,
    }  # fmt: skip


async def clear_line(work: Work, kind: RecordKind, record_id: UUID, version: int) -> None:
    """Empty an earlier line of its content: for administrators, when somebody's private data was entered by mistake.

    The newest line holds the record as it is and cannot be emptied: correct or remove the record first.
    """
    if work.caller.role != Role.ADMIN:
        raise OnlyAdministrators("Only an administrator empties a line of the history.")
    newest = (await work.history.last_versions(kind, [record_id])).get(record_id)
    if newest is None or version > newest:
        raise NoSuchRecord("There is no such record in the registry.")
    if version == newest:
        raise LineInUse("This line holds the record as it is now; correct or remove the record first, then empty the line.")
    await work.history.clear(kind, record_id, version)
    await work.audit.record("history.cleared", kind.value, record_id, version=version)


def _parts(quality: Quality) -> Shown:
    return {
        "score": quality.score, "completeness": quality.completeness, "freshness": quality.freshness, "confirmation": quality.confirmation,
        "improve": [{"code": one.code, "sentence": sentence(one.code), "gain": one.gain} for one in quality.improve],
    }  # fmt: skip


async def _scored(work: Work, records: list[Record]) -> list[Shown]:
    refs = await work.actors.refs(owner for record in records for owner in _about(record))
    return [
        {
            **_parts(quality_of(record, work.now.date())), "record": kind_of(record), "id": record.id, "title": _title(record),
            "about": [refs[owner] for owner in _about(record) if owner in refs],
        }
        for record in records
    ]  # fmt: skip


def _about(record: Record) -> tuple[UUID, ...]:
    return (
        (record.id,) if isinstance(record, Actor) else (record.member_id, record.network_id) if isinstance(record, Membership) else owners_of(record)
    )


def _title(record: Record) -> str | None:
    return getattr(record, "name", None) or getattr(record, "title", None)


async def quality_of_actor(work: Work, actor: Actor) -> Shown:
    """The quality of an actor's record, and of the records about it that are most worth improving."""
    records = await _scored(work, await work.quality.about(actor.id, MOST_RECORDS))
    records.sort(key=lambda shown: (shown["score"], str(shown["id"])))
    return {
        **_parts(quality_of(actor, work.now.date())), "actor": ActorRef(actor.id, actor.slug, actor.kind, actor.name),
        "records": records[:MOST_RECORDS],
    }  # fmt: skip


async def worth_improving(work: Work, kind: RecordKind, request: PageRequest, country: str | None, actor_kind: str | None) -> Listed[Shown]:
    """One page of the records most worth improving."""
    page = await work.quality.page(kind, request, country, actor_kind)
    return Listed(await _scored(work, page.items), page.more_after)


async def score_old(work: Work, kind: RecordKind) -> int:
    """Score again the records of a kind that have grown old since; answers how many, at most MOST_SCORED."""
    return await work.quality.score_old(kind, work.now.date(), MOST_SCORED)
