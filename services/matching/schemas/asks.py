"""Bodies of asking without a name. There is no field for a name, a contact or a free text of the asker."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from chassis.problems import Refused
from chassis.web import Body
from services.matching.engine.types import Urgency
from services.matching.model.asks import NEEDS, TEXT_LENGTH, Sentence, Standing, WhyNot
from services.matching.schemas.cases import HouseholdBody
from services.matching.schemas.needs import LanguageWishBody
from services.matching.schemas.parts import Code, Day, Language, PlaceBody, Windows


class AskedNeed(Body):
    """One thing that is asked for. How urgent it is, a coordinator decides."""

    category: Code
    size: int = Field(1, ge=1, le=100, description="In the category's unit.")
    languages: list[LanguageWishBody] = Field(default_factory=list, max_length=20, description="None named: those of the household.")
    max_travel_km: float = Field(5, ge=0, le=200)
    windows: Windows = Field(default_factory=list, description="None named: any time.")
    from_: Day | None = Field(None, alias="from")
    until: Day | None = None


class AskConsent(Body):
    """What the asker agrees to: being matched under the code alone. A contact is never shared, for there is none."""

    match: bool = Field(description="Must be true: without it nothing can be looked for.", examples=[True])
    text_version: str = Field(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z._-]+$", examples=["2026-11"])

    @field_validator("match")
    @classmethod
    def _given(cls, value: bool) -> bool:
        if not value:
            raise Refused("consent_needed", "Without consent to be matched, no help can be looked for.")
        return value


class AskCreate(Body):
    """What somebody asks for without a name."""

    household: HouseholdBody
    languages: list[Language] = Field(default_factory=list, max_length=20)
    location: PlaceBody | None = Field(None, description="Coarse: kept to about one kilometre.")
    needs: list[AskedNeed] = Field(min_length=1, max_length=NEEDS)
    consent: AskConsent
    once: str | None = Field(
        None,
        min_length=20,
        max_length=100,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="A long random word of the sender's own: the same request sent again within 15 minutes gets the same answer.",
        examples=["Zk3v9tq0XjvLw2h6yN1aRb"],
    )


class AskKey(Body):
    """Case code and secret words, as somebody typed them: capitals, spaces and hyphens do not matter."""

    code: str = Field(min_length=1, max_length=80, examples=["K7QX-9M2D-04TB-ZRHW"])
    secret: str = Field(min_length=1, max_length=200, examples=["bado kimu lefa sori nute gavi"])


class AskWithdraw(AskKey):
    """What is not needed any more; without `need_id` everything, and what describes the household is deleted."""

    need_id: UUID | None = None


class AskAdd(AskKey):
    """One more thing."""

    need: AskedNeed


class AskFeedback(AskKey):
    """Whether it helped."""

    need_id: UUID
    helped: bool


class AskTerms(BaseModel):
    """Whether one may ask here without a name, and what holds then."""

    allowed: bool
    days: int = Field(description="Days that an ask holds, from its last change.")
    needs: int = Field(description="Things that one may ask for at a time.")
    place: str = Field("", description="Where one can come and talk to somebody; may be empty.")
    need_days: int = Field(description="Days after which a need that nobody could fill is withdrawn.")
    closed_case_days: int = Field(description="Days after which the household of a closed case is blanked.")


class AskCreated(BaseModel):
    """The code and the secret words. The words are shown only now: who loses them asks anew."""

    code: str
    secret: str
    asked_at: datetime
    expires_at: datetime


class FollowedNeed(BaseModel):
    """Where one need stands. Nothing of the provider, the offer or a place."""

    id: UUID
    category: str
    standing: Standing
    helped: bool | None = Field(description="What the asker said; null: nothing yet.")


class MessageRead(BaseModel):
    """What a coordinator wrote: a fixed sentence in the reader's language, and perhaps a short text."""

    id: UUID
    need_id: UUID | None
    sentence: Sentence
    words: str
    text: str
    written_at: datetime


class AskRead(BaseModel):
    """Where everything stands, for whoever knows the secret words."""

    code: str
    state: str
    why_not: WhyNot | None
    needs: list[FollowedNeed]
    messages: list[MessageRead]
    place: str = Field(description="Where one meets a coordinator; empty where the city gave none.")
    asked_at: datetime
    expires_at: datetime


class WaitingRead(BaseModel):
    """An ask as coordinators read it."""

    id: UUID
    version: int
    code: str
    state: str
    household: dict[str, int | list[str]]
    languages: list[str]
    location: dict[str, float] | None
    reads: str = Field(description="The language in which it was asked.")
    needs: list[dict[str, object]]
    messages: list[MessageRead] = Field(description="Empty in lists.")
    created_at: datetime
    updated_at: datetime
    expires_at: datetime


class TakeBody(Body):
    """How urgent it is."""

    urgency: Urgency = Urgency.NORMAL


class DeclineAskBody(Body):
    """Why it cannot be done here."""

    why_not: WhyNot


class MessageBody(Body):
    """What to write to the asker."""

    sentence: Sentence
    text: str = Field("", max_length=TEXT_LENGTH, description="Short, and without anybody's contact: others may read over the shoulder.")
    need_id: UUID | None = None
