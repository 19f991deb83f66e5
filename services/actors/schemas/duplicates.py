"""Bodies about records that look alike, and about merging them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from chassis.web import Body
from services.actors.model.duplicates import PairState, Reason
from services.actors.model.merging import MergeState
from services.actors.schemas.actors import ActorRead, ActorUpdate
from services.actors.schemas.fields import ActorRef, Shape


class PairRead(Shape):
    """Two records that look like one organisation."""

    id: UUID
    version: int = Field(description="Rises by one with each change; also the ETag.", examples=[1])
    state: PairState
    score: int = Field(description="How much they look alike, up to 100.", examples=[95])
    reasons: list[Reason] = Field(description="Why they look alike.")
    left: ActorRead = Field(description="One of the two.")
    right: ActorRead = Field(description="The other one.")
    created_at: datetime
    updated_at: datetime


class MergeAsk(Body):
    """Which record is kept, and with which values."""

    into: UUID = Field(description="Id of the record that is kept.")
    values: ActorUpdate = Field(
        default_factory=ActorUpdate, description="Values for the kept record. What only the other record knows is taken over anyway."
    )


class MergeRead(Shape):
    """One record of an organisation went into another."""

    id: UUID
    version: int = Field(examples=[1])
    state: MergeState = Field(description="done, or undone.")
    kept: ActorRef = Field(description="The record that stays.")
    gone_id: UUID = Field(description="The id that leads to the kept record now.")
    gone_slug: str = Field(description="The readable key that leads to the kept record now.", examples=["grenoble-2-fr"])
    gone_name: str = Field(examples=["Grenoble (FR)"])
    moved: dict[str, int] = Field(description="How much was moved, by kind.", examples=[{"membership": 3}])
    created_at: datetime
    updated_at: datetime
