"""What the events of `matching` have in common."""

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """Base of the parts of an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class TopicRange(Part):
    """A topic with the levels that an offer covers, for example French from a1 to a2."""

    topic: str
    from_level: str
    to_level: str


class WeeklyWindow(Part):
    """A weekly window: day 0 is Monday; minutes after midnight, local time of the instance."""

    day: int = Field(ge=0, le=6)
    from_minute: int = Field(ge=0, le=1440)
    to_minute: int = Field(ge=0, le=1440)
