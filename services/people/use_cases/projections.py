"""Keeps what this service must know of others: whose cases there are, where matches stand, which actors exist, which events it has seen."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from contracts.matching import CaseState, ConsentStatement, MatchState
from services.people.model import disclosures as model
from services.people.model.consents import Channel, flags
from services.people.model.known import KnownCase
from services.people.model.persons import PersonRef
from services.people.store.cases import Concerned
from services.people.use_cases.consents import Wish, record_wish
from services.people.work import Work


async def note_event(work: Work, *, accounts: Iterable[UUID | None], actors: Iterable[UUID | None] = (), staff: bool = False) -> None:
    """Remember an event and whom it may concern, so that the vault answers for it."""
    if work.cause is not None:
        concerned = Concerned(frozenset(one for one in accounts if one), frozenset(one for one in actors if one), staff)
        await work.heard.note(work.cause.id, concerned, work.now)


async def keep_case(work: Work, event: CaseState) -> None:
    """Keep the newest state of a case, and what its statement of consent changed."""
    person = PersonRef.of_case(event.code)
    if await work.erasures.find(person) is not None:
        return
    known = await work.cases.by_id(event.case_id)
    if known is not None and event.version <= known.version:
        return
    closed_at = None
    if event.state == "closed":
        closed_at = known.closed_at if known is not None and known.closed_at is not None else work.now
    case = KnownCase(
        event.case_id, event.version, person.key, event.state, event.recorded_by, event.actor_id, frozenset(event.shared_with),
        _line(event.consent), closed_at,
    )  # fmt: skip
    await work.cases.put(case)
    if known is None or known.statement != case.statement:
        await _apply(work, case, event.consent)


async def _apply(work: Work, case: KnownCase, statement: ConsentStatement) -> None:
    """A statement that repeats an earlier one gives nothing again: what was withdrawn here stays withdrawn."""
    until = _end_of(statement.until)
    over = until is not None and until <= work.now
    wish = Wish(
        statement.match and not over,
        statement.share_contact and not over,
        statement.text_version.strip()[:40] or "unknown",
        _channel(statement.channel),
        until,
    )
    person = PersonRef.of_case(case.code)
    present = flags(await work.consents.of([person]), person, work.now)
    wanted = (wish.match, wish.share_contact, wish.until if wish.match or wish.share_contact else None)
    if (present.match, present.share_contact, present.until) != wanted:
        await record_wish(work, case, wish)


def _line(statement: ConsentStatement) -> str:
    parts = (statement.match, statement.share_contact, statement.until, statement.text_version[:100], statement.channel[:40])
    return "|".join(map(str, parts))


def _end_of(day: date | None) -> datetime | None:
    """The moment at which a consent that holds until that day ends: the next midnight, UTC."""
    if day is None or day >= date.max - timedelta(days=1):
        return None
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError:
        return Channel.COORDINATOR


async def keep_match(work: Work, event: MatchState) -> None:
    """Keep the newest state of a match."""
    person = PersonRef.of_case(event.case_code)
    if await work.erasures.find(person) is not None:
        return
    match = model.Match(
        event.match_id, model.MatchState(event.state), person.key, event.provider_account_id, event.provider_actor_id, event.answered_by,
        event.recorded_by, event.case_actor_id, frozenset(event.shared_with),
    )  # fmt: skip
    if await work.matches.put(match, event.version, event.answer_by) and match.state is not model.MatchState.CONFIRMED:
        await work.answer_links.delete_of_match(match.id)


async def keep_actor(work: Work, actor_id: UUID, version: int, archived: bool) -> None:
    """Keep the newest state of an actor."""
    await work.actors.put(actor_id, version, archived)


async def mail_refused(work: Work, recipient_kind: str, recipient_id: UUID) -> None:
    """Mark an address that a mail server refused for good, so that a human can ask for another."""
    account_id: UUID | None = recipient_id
    if recipient_kind == "invitation":
        found = await work.invitations.find(recipient_id)
        account_id = found[0].account_id if found else None
    elif recipient_kind == "registration":
        waiting = await work.registrations.find(recipient_id)
        account_id = waiting[0].account_id if waiting else None
    elif recipient_kind == "reset":
        link = await work.resets.find(recipient_id)
        account_id = link[0].account_id if link else None
    if account_id is not None and await work.accounts.mark_refused(account_id, work.now):
        await work.audit.record("address.refused", "account", account_id)


def uuid_or_none(text: str) -> UUID | None:
    """An id that may be something else (webhooks may belong to clients)."""
    try:
        return UUID(text)
    except ValueError:
        return None
