"""Bodies of questions about matches."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from chassis.web import Body
from services.matching.model.questions import LONGEST


class QuestionText(Body):
    """A question, or its answer: short, and without names, addresses or telephone numbers."""

    text: str = Field(min_length=1, max_length=LONGEST, description="What you want to say.", examples=["Is there a lift in the house?"])


class QuestionRead(BaseModel):
    """A question about a match. Words are null once they were removed."""

    id: UUID
    version: int
    text: str | None
    answer: str | None
    answered_at: datetime | None
    created_at: datetime
    updated_at: datetime


class QuestionList(BaseModel):
    """What was asked about a match, oldest first."""

    items: list[QuestionRead]
    total: int
