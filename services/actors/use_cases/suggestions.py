"""Take suggestions from anybody, and let those who keep the registry decide."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.errors import invalid_field
from chassis.identity import Caller
from chassis.ids import new_id
from contracts.roles import Role
from services.actors import events_out
from services.actors.model.provenance import Change, EnteredBy, RecordKind, State
from services.actors.model.records import Declaration, Record
from services.actors.model.rights import SignInFirst, check_may_edit_all, edits_all
from services.actors.model.states import kind_of, state_of
from services.actors.model.suggestions import (
    AlreadyDecided,
    AnswerState,
    NotForYou,
    RecordChanged,
    RefusalReason,
    Suggestion,
    SuggestionKind,
    TooManyOpen,
    check_no_contact,
    check_no_contacts,
    content_key_of,
    hash_secret,
    new_secret,
)
from services.actors.model.vocabulary import SOURCE_LENGTH, ActorKind
from services.actors.store.records import NoSuchRecord
from services.actors.use_cases import actors, parts, recording
from services.actors.work import Work

Given = Mapping[str, Any]
"""Values of a record's own fields (Any: of many types)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A suggestion as its sender gets it back."""

    id: UUID
    state: AnswerState
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody suggests: checked values as JSON, and where they were read."""

    kind: SuggestionKind
    record: tuple[RecordKind, UUID] | None
    values: State
    source: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the registry takes."""

    most_open: int
    most_per_day: int


async def suggest(work: Work, proposal: Proposal, stamp: str | None, bounds: Bounds) -> Sent:
    """Keep a suggestion for the queue; one that proposes the same as an open one is counted there. For everybody."""
    check_no_contact("/source", proposal.source)
    if proposal.note is not None:
        check_no_contact("/note", proposal.note)
    check_no_contacts("/values", proposal.values)
    record = await _record_of(work, proposal)
    if await work.suggestions.sent_since(work.now - timedelta(days=1)) >= bounds.most_per_day:
        raise TooManyOpen("Very many suggestions came in today. Please try again tomorrow.", retry_after=3600)
    record_id = record.id if record is not None else None
    key = content_key_of(proposal.kind, record_id, proposal.values)
    same = await work.suggestions.same(key)
    if same is not None:
        suggestion_id, ask_id = same.id, new_id()
        await work.suggestions.again(same.id, work.now)
    else:
        if await work.suggestions.open_count() >= bounds.most_open:
            raise TooManyOpen("Very many suggestions wait for an answer. Please try again in some days.", retry_after=86400)
        suggestion_id = ask_id = new_id()
        await work.suggestions.add(
            Suggestion(
                suggestion_id, 1, proposal.kind, AnswerState.OPEN, kind_of(record) if record else None, record_id,
                record.version if record else None, proposal.values, proposal.source, proposal.note, _owners(record), key, 1,
                work.now, work.now,
            )
        )  # fmt: skip
    secret, secret_hash = new_secret()
    await work.suggestions.add_ask(ask_id, suggestion_id, secret_hash, stamp, work.now)
    await work.audit.record("suggestion.sent", "suggestion", suggestion_id)
    return Sent(ask_id, AnswerState.OPEN, secret)


def _owners(record: Record | None) -> tuple[UUID, ...]:
    if record is None:
        return ()
    return (record.id,) if kind_of(record) is RecordKind.ACTOR else parts.owners_of(record)


async def _record_of(work: Work, proposal: Proposal) -> Record | None:
    if proposal.record is None:
        return None
    kind, record_id = proposal.record
    try:
        record: Record = await (work.actors.get(record_id) if kind is RecordKind.ACTOR else recording.store_of(work, kind).get(record_id))
    except NoSuchRecord as error:
        raise invalid_field("/record/id", "unknown_id", "The registry holds no such record.") from error
    return record


async def outcome(work: Work, ask_id: UUID, secret: str) -> Suggestion:
    """What became of a suggestion, for who holds its secret. Raises NoSuchSuggestion."""
    return await work.suggestions.asked(ask_id, hash_secret(secret))


def moderated_by(caller: Caller) -> UUID | None:
    """Whose corrections the caller decides: None for all, or a member's own actor. Raises SignInFirst, NotForYou."""
    if edits_all(caller):
        return None
    if caller.kind == "anonymous":
        raise SignInFirst("Please sign in first.")
    if caller.kind == "account" and caller.role == Role.MEMBER and caller.actor_id is not None:
        return caller.actor_id
    raise NotForYou("Your role does not decide on suggestions.")


async def to_decide(work: Work, suggestion_id: UUID) -> Suggestion:
    """A suggestion that the caller may decide. Raises NoSuchSuggestion."""
    return await work.suggestions.get(suggestion_id, moderated_by(work.caller))


async def compared(work: Work, suggestion: Suggestion) -> tuple[int | None, tuple[Change, ...]]:
    """The version of the record as it is now, and what the suggestion would change in it."""
    before: State = {}
    version = None
    if suggestion.record_kind is not None and suggestion.record_id is not None:
        try:
            record = await recording.store_of(work, suggestion.record_kind).get(suggestion.record_id)
        except NoSuchRecord:
            return None, ()
        before, version = state_of(record), record.version
    changes = (Change(name, before.get(name), value) for name, value in suggestion.values.items())
    return version, tuple(change for change in changes if change.before != change.after)


async def accept(work: Work, suggestion: Suggestion, given: Given, seen: int | None) -> Suggestion:
    """Let a suggestion into the registry. Raises AlreadyDecided, RecordChanged, and what the record's own rules raise."""
    if suggestion.state is not AnswerState.OPEN:
        raise AlreadyDecided("Somebody decided on this already.")
    work.author = EnteredBy.SUGGESTION
    if suggestion.record_kind is not None and suggestion.record_id is not None:
        record = await _correct(work, suggestion, given, seen)
    else:
        check_may_edit_all(work.caller)
        record = await _enter(work, suggestion, given)
    return await _decide(work, suggestion, AnswerState.ACCEPTED, None, (kind_of(record), record.id))


async def refuse(work: Work, suggestion_id: UUID, reason: RefusalReason) -> Suggestion:
    """Refuse a suggestion. Raises AlreadyDecided."""
    suggestion = await to_decide(work, suggestion_id)
    if suggestion.state is not AnswerState.OPEN:
        raise AlreadyDecided("Somebody decided on this already.")
    return await _decide(work, suggestion, AnswerState.REFUSED, reason, None)


async def _decide(
    work: Work, suggestion: Suggestion, state: AnswerState, reason: RefusalReason | None, result: tuple[RecordKind, UUID] | None
) -> Suggestion:
    await work.suggestions.decide(suggestion, state, work.now, reason, result)
    for ask_id in await work.suggestions.asks_of(suggestion.id):
        await work.outbox.add(events_out.suggestion_answered(ask_id, state.value))
    await work.audit.record(f"suggestion.{state.value}", "suggestion", suggestion.id)
    return await work.suggestions.get(suggestion.id)


async def _correct(work: Work, suggestion: Suggestion, given: Given, seen: int | None) -> Record:
    assert suggestion.record_kind is not None and suggestion.record_id is not None
    record: Record = await recording.store_of(work, suggestion.record_kind).get(suggestion.record_id)
    version = seen if seen is not None else suggestion.record_version
    if record.version != version:
        raise RecordChanged("The record was changed since this was suggested; compare again and decide.")
    changes = dict(given)
    both = f"{record.source} ; {suggestion.source}"
    if "source" not in changes:
        changes["source"] = record.source if suggestion.source in record.source else both if len(both) <= SOURCE_LENGTH else suggestion.source
    if suggestion.record_kind is RecordKind.ACTOR:
        return await actors.change_actor(work, str(record.id), record.version, changes)
    store = recording.store_of(work, suggestion.record_kind)
    changed: Record = await parts.change_record(work, store, record.id, record.version, changes)
    return changed


async def _enter(work: Work, suggestion: Suggestion, given: Given) -> Record:
    fields = dict(given)
    if suggestion.kind is SuggestionKind.MISSING_ACTOR:
        slug = fields.pop("slug", None)
        return await actors.enter_actor(work, fields, slug)
    if suggestion.kind is SuggestionKind.MISSING_MEMBERSHIP:
        return await parts.record_membership(work, fields)
    if suggestion.kind is SuggestionKind.MISSING_RESOURCE:
        slug = fields.pop("slug", None)
        return await parts.record_resource(work, fields, slug)
    return await _place_city(work, suggestion, fields)


async def _place_city(work: Work, suggestion: Suggestion, given: Given) -> Declaration:
    city_id = given.get("municipality_id")
    if city_id is None:
        city = {**given["municipality"], "kind": ActorKind.MUNICIPALITY, "source": suggestion.source}
        city_id = (await actors.enter_actor(work, city, None)).id
    return await parts.record_declaration(work, {**given["declaration"], "municipality_id": city_id, "source": suggestion.source})


async def forget_decided(work: Work, days: int) -> None:
    """Delete suggestions that were decided long ago; what came of them stays."""
    await work.suggestions.forget(work.now - timedelta(days=days))
