"""Confirmed by both sides: who the sides of a membership or partnership are, and what their sayings amount to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.identity import Caller
from contracts.roles import Role
from services.actors.model.records import Initiative, Membership, Record
from services.actors.model.vocabulary import Confirmation


class Subject(StrEnum):
    """What is confirmed."""

    MEMBERSHIP = "membership"
    PARTNERSHIP = "partnership"


class Said(StrEnum):
    """What a side says."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Saying:
    """What one side says. `subject_id`: the membership or the initiative; `other_id`: the member or the partner."""

    subject: Subject
    subject_id: UUID
    other_id: UUID
    side_actor_id: UUID
    state: Said
    at: datetime


def sides_of(record: Membership | Initiative, partner: UUID | None = None) -> tuple[UUID, UUID]:
    """The two sides: the network and its member, or who runs the initiative and the partner."""
    if isinstance(record, Membership):
        return record.network_id, record.member_id
    if partner is None:
        raise ValueError("a partnership has a partner")
    return record.actor_id, partner


def own_side(caller: Caller, sides: tuple[UUID, UUID]) -> UUID | None:
    """The side that the caller belongs to, if they are a member of an organisation on either side."""
    is_member = caller.kind == "account" and caller.role == Role.MEMBER
    return caller.actor_id if is_member and caller.actor_id in sides else None


def says_something_else(record: Record, was: Record) -> bool:
    """Whether a membership has another role or year than the one that its sides spoke of."""
    return isinstance(record, Membership) and isinstance(was, Membership) and (record.role, record.since) != (was.role, was.since)


def summed_up(sayings: Iterable[Saying], sides: tuple[UUID, UUID]) -> Confirmation:
    """What the sayings amount to: one refusal is enough, then how many of the two sides confirmed."""
    said = {saying.side_actor_id: saying.state for saying in sayings if saying.side_actor_id in sides}
    if Said.REFUSED in said.values():
        return Confirmation.REFUSED
    return (Confirmation.NONE, Confirmation.ONE_SIDE, Confirmation.BOTH_SIDES)[len(said)]
