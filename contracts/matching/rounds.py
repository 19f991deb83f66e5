"""What `matching` tells of what is asked without an account, and of rounds."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.envelope import Event


class AskState(Event):
    """The state of what somebody asks for without a name; nothing of what they need."""

    about: ClassVar[str] = "ask_id"
    ask_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="waiting, taken, declined, withdrawn or expired.")


class AskReceivedV1(AskState):
    """Emitted when somebody without an account asks for help; a coordinator is to read it."""

    type_name: ClassVar[str] = "hub.matching.ask.received.v1"


class AskSettledV1(AskState):
    """Emitted when an ask needs no coordinator any more: one took it (it is a case now) or declined it, it was withdrawn, or its time is over."""

    type_name: ClassVar[str] = "hub.matching.ask.settled.v1"


class RoundState(Event):
    """The state of a round."""

    about: ClassVar[str] = "round_id"
    round_id: UUID
    version: int = Field(ge=1)
    state: str = Field(description="solving, ready, applied or failed.")
    started_by: UUID | None = None
    needs: int = Field(ge=0, description="Needs in the round.")
    placed: int = Field(ge=0, description="Needs with a place in the plan; after applying, those that became matches.")


class RoundSolvedV1(RoundState):
    """Emitted when the plan of a round is ready for review (or could not be made)."""

    type_name: ClassVar[str] = "hub.matching.round.solved.v1"


class RoundAppliedV1(RoundState):
    """Emitted when a round's plan was applied."""

    type_name: ClassVar[str] = "hub.matching.round.applied.v1"
