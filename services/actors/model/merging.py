"""Merging two records of one organisation: what the kept record takes over, what is noted of each step, and what an undoing gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Invalid
from services.actors.model.confirming import Said, Saying, Subject
from services.actors.model.provenance import UNSHOWN, RecordKind, State
from services.actors.model.records import Actor
from services.actors.model.vocabulary import SOURCE_LENGTH

MOST_MOVED = 2000
"""The most records that one merge moves within a request."""


class SameActor(Invalid):
    """A record cannot go into itself."""


class MergeTooLarge(Conflict):
    """More records hang on the actor than one request moves."""


class KindsDiffer(Conflict):
    """What would be moved does not fit the kind of the record that is kept."""


class AlreadyUndone(Conflict):
    """The merge was undone before."""


class LaterMergeFirst(Conflict):
    """Something that this merge moved was moved again by a later merge."""


class MergeState(StrEnum):
    """Where a merge stands."""

    DONE = "done"
    UNDONE = "undone"


class StepKind(StrEnum):
    """What a merge did to one record."""

    ALTERED = "altered"
    """The record names the kept actor now."""
    MOVED = "moved"
    """The record has another id now, because its id is made from the actor's."""
    FOLDED = "folded"
    """The record went into one that the kept actor had already."""
    DROPPED = "dropped"
    """The record would name the kept actor on both sides."""


@dataclass(frozen=True, slots=True)
class Step:
    """One record that a merge touched: its state before, and the id and state of what stands in its place."""

    act: StepKind
    kind: RecordKind
    before: State
    into: UUID | None = None
    after: State | None = None

    def as_json(self) -> dict[str, Any]:
        """For the table."""
        return {
            "act": self.act.value, "kind": self.kind.value, "before": self.before, "into": str(self.into) if self.into else None, "after": self.after,
        }  # fmt: skip

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> "Step":
        """From the table."""
        into = UUID(given["into"]) if given["into"] else None
        return cls(StepKind(given["act"]), RecordKind(given["kind"]), given["before"], into, given["after"])

    @property
    def record_id(self) -> UUID:
        """The id of the record before."""
        return UUID(self.before["id"])


@dataclass(slots=True)
class Steps:
    """All that a merge did: the two actors before and the kept one after, each record, and the ids of what else was moved."""

    kept: State
    gone: State
    after: State = field(default_factory=dict)
    records: list[Step] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    tombstones: dict[str, list[str]] = field(default_factory=dict)
    moved: dict[str, list[str]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the table."""
        sayings = [
            {
                "subject": said.subject.value, "subject_id": str(said.subject_id), "other_id": str(said.other_id),
                "side": str(said.side_actor_id), "state": said.state.value, "at": said.at.isoformat(),
            }
            for said in self.sayings
        ]  # fmt: skip
        return {
            "kept": self.kept, "gone": self.gone, "after": self.after, "records": [step.as_json() for step in self.records], "sayings": sayings,
            "tombstones": self.tombstones, "moved": self.moved,
        }  # fmt: skip

    @classmethod
    def of_json(cls, given: Mapping[str, Any]) -> "Steps":
        """From the table."""
        sayings = [
            Saying(
                Subject(said["subject"]), UUID(said["subject_id"]), UUID(said["other_id"]), UUID(said["side"]), Said(said["state"]),
                datetime.fromisoformat(said["at"]),
            )
            for said in given["sayings"]
        ]  # fmt: skip
        records = [Step.of_json(step) for step in given["records"]]
        return cls(given["kept"], given["gone"], given["after"], records, sayings, given["tombstones"], given["moved"])


@dataclass(frozen=True, slots=True)
class Merge:
    """One actor went into another."""

    id: UUID
    version: int
    kept_id: UUID
    gone_id: UUID
    state: MergeState
    steps: Steps
    created_at: datetime
    updated_at: datetime


def taken_over(kept: Actor, gone: Actor, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The values that change in the kept record: what was chosen, and what only the other record knew (Any: values of Actor's fields).

    Where a value comes from the other record, its source is cited too, as long as both fit.
    """
    values = dict(chosen)
    filled = False
    for name in ("local_name", "country", "population", "website"):
        if name not in values and getattr(kept, name) is None and getattr(gone, name) is not None:
            values[name], filled = getattr(gone, name), True
    if "lat" not in values and "lon" not in values and kept.lat is None and gone.lat is not None:
        values["lat"], values["lon"], filled = gone.lat, gone.lon, True
    both = f"{kept.source} ; {gone.source}"
    if filled and "source" not in values and gone.source not in kept.source and len(both) <= SOURCE_LENGTH:
        values["source"] = both
    if gone.claimed and not kept.claimed:
        values["claimed"] = True
    return values


def given_back(now: State, before: State, after: State) -> State:
    """A record as it is once a merge is undone.

    A value that the merge set and nobody changed since goes back to what it was; a later change wins. In a list only those entries
    go back that the merge put in or took out.
    """
    found = dict(now)
    for name in before:
        if name in UNSHOWN:
            continue
        if now.get(name) == after.get(name):
            found[name] = before[name]
        elif isinstance(before[name], list) and isinstance(after.get(name), list):
            put_in = [value for value in after[name] if value not in before[name]]
            taken = [value for value in before[name] if value not in after[name]]
            kept = [value for value in now.get(name) or [] if value not in put_in]
            found[name] = kept + [value for value in taken if value not in kept]
    return found
