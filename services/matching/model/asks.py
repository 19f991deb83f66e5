"""An ask: what somebody without an account asks for, under a code alone, until a coordinator takes it and it becomes a case."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.types import Place
from services.matching.model import limits
from services.matching.model.case import Case, Consent, Household
from services.matching.model.need import Need, NeedState

NEEDS = 5
"""Needs that one ask may hold while it waits, and that one person may have open at a time."""


class AskState(StrEnum):
    """Where an ask stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class WhyNot(StrEnum):
    """Why a coordinator does not take an ask."""

    ELSEWHERE = "elsewhere"
    NOT_HERE = "not_here"
    UNCLEAR = "unclear"
    ABUSE = "abuse"


class Standing(StrEnum):
    """Where one need stands, in the words that its asker may read: nothing of the provider, of the offer or of a place."""

    WAITING = "waiting"
    LOOKING = "looking"
    ASKING = "asking"
    FOUND = "found"
    GOING_ON = "going_on"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    NOT_TAKEN = "not_taken"
    OVER = "over"


class Sentence(StrEnum):
    """The fixed sentences by which a coordinator writes to an asker."""

    WE_ARE_LOOKING = "we_are_looking"
    FOUND_COME = "found_come"
    FOUND_CALL = "found_call"
    COME_AND_TALK = "come_and_talk"
    SAY_MORE = "say_more"
    NOTHING_YET = "nothing_yet"
    CHANGED = "changed"


SENTENCES = {
    Sentence.WE_ARE_LOOKING: "We have read what you asked for and are looking. It can take some days.",
    Sentence.FOUND_COME: "We have found help for you. Please come to the place below and say your code; there you hear where to go.",
    Sentence.FOUND_CALL: "We have found help for you. Please call the place below and say your code; there you hear where to go.",
    Sentence.COME_AND_TALK: "Please come to the place below and say your code. We would like to talk with you.",
    Sentence.SAY_MORE: "We need to know a little more. Please come to the place below, or call, and say your code.",
    Sentence.NOTHING_YET: "There is nothing of this kind just now. We go on looking.",
    Sentence.CHANGED: "What we found has changed. We are looking for something else.",
}
TEXT_LENGTH = 300


class AskNotInState(Conflict):
    """The ask stands where this cannot be done."""


class TooManyNeeds(Conflict):
    """One person has a few needs open at a time."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a coordinator writes to the asker: a fixed sentence, and a short text where one is needed."""

    id: UUID
    ask_id: UUID
    need_id: UUID | None
    sentence: Sentence
    text: str
    by: UUID
    at: datetime

    def checked(self) -> "Message":
        """The same message, or `Invalid`: no contact of anybody stands in it."""
        check = limits.Check()
        check.text("/text", self.text, TEXT_LENGTH, public=True)
        check.done()
        return self


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked for. `id` becomes the case's id and the needs keep theirs, so that the code leads to the same things afterwards.
    What describes the household goes when the ask ends."""

    id: UUID
    code: str
    secret_hash: str
    asked_at: datetime
    updated_at: datetime
    expires_at: datetime
    household: Household
    languages: tuple[str, ...]
    location: Place | None
    reads: str
    text_version: str
    needs: tuple[Need, ...]
    state: AskState = AskState.WAITING
    taken_by: UUID | None = None
    why_not: WhyNot | None = None
    ended_at: datetime | None = None
    version: int = 1
    once_hash: str | None = field(default=None, repr=False)

    def checked(self) -> "Ask":
        """The same ask, or `Invalid` with every field at fault."""
        self.as_case(None, None, self.asked_at).checked()
        for need in self.needs:
            need.checked()
        return self

    def add(self, need: Need, now: datetime) -> "Ask":
        """One more thing, while nobody has taken the ask."""
        self._must_wait()
        self.require_room(len(self.needs))
        return replace(self, needs=(*self.needs, need), version=self.version + 1, updated_at=now)

    def without(self, need_id: UUID, now: datetime) -> "Ask":
        """One thing is not asked for any more; the last one ends the ask."""
        self._must_wait()
        kept = tuple(replace(need, state=NeedState.WITHDRAWN) if need.id == need_id and need.state is NeedState.OPEN else need for need in self.needs)
        if any(need.state is NeedState.OPEN for need in kept):
            return replace(self, needs=kept, version=self.version + 1, updated_at=now)
        return self.ended(AskState.WITHDRAWN, now)

    def taken(self, by: UUID, now: datetime) -> "Ask":
        """A coordinator takes it; it is a case from now on, and what describes the household lies there alone."""
        self._must_wait()
        return replace(self._blank(now), state=AskState.TAKEN, taken_by=by)

    def declined(self, why: WhyNot, now: datetime) -> "Ask":
        """A coordinator says that the hub cannot do this."""
        self._must_wait()
        return replace(self.ended(AskState.DECLINED, now), why_not=why)

    def ended(self, state: AskState, now: datetime) -> "Ask":
        """Over: by the person's wish, a coordinator's, or time."""
        return replace(self._blank(now), state=state, ended_at=now)

    def as_case(self, by: UUID | None, actor_id: UUID | None, now: datetime) -> Case:
        """The case that it becomes."""
        return Case(
            id=self.id,
            code=self.code,
            recorded_by=by,
            actor_id=actor_id,
            created_at=now,
            updated_at=now,
            household=self.household,
            languages=self.languages,
            location=self.location,
            consent=Consent(True, False, self.expires_at, 0),
        )

    def require_room(self, open_needs: int) -> None:
        """Raises TooManyNeeds."""
        if open_needs >= NEEDS:
            raise TooManyNeeds("You already ask for {most} things. Withdraw one that you need no more, then add another.", most=NEEDS)

    def _must_wait(self) -> None:
        if self.state is not AskState.WAITING:
            raise AskNotInState("This is {state} already; load the page again.", state=self.state.value)

    def _blank(self, now: datetime) -> "Ask":
        """Without what describes the household. The kinds of help stay, so that the asker can be told what became of them."""
        bare = tuple(
            Need(
                id=need.id, case_id=need.case_id, category=need.category, size=1, posted_at=need.posted_at, created_at=need.created_at,
                updated_at=now, state=need.state,
            )
            for need in self.needs
        )  # fmt: skip
        nothing = Household()
        return replace(self, household=nothing, languages=(), location=None, needs=bare, version=self.version + 1, updated_at=now)


def standing_of(ask: Ask, need: Need, match_state: str | None) -> Standing:
    """Where a need stands, for its asker; `match_state` is that of its live match, where there is one."""
    if need.state is NeedState.WITHDRAWN or ask.state is AskState.WITHDRAWN:
        return Standing.WITHDRAWN
    if ask.state is AskState.WAITING:
        return Standing.WAITING
    if ask.state is AskState.DECLINED:
        return Standing.NOT_TAKEN
    if ask.state is AskState.EXPIRED:
        return Standing.OVER
    if need.state is NeedState.CLOSED:
        return Standing.DONE
    if need.state is NeedState.IN_PROGRESS:
        return Standing.GOING_ON
    if need.state is NeedState.MATCHED:
        return Standing.FOUND if match_state == "accepted" else Standing.ASKING
    return Standing.LOOKING


def until_of(now: datetime, days: int) -> datetime:
    """When an ask that nobody touches is over."""
    return now + timedelta(days=days)
