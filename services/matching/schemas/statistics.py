"""Bodies of figures over time."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from services.matching.model.statistics.measures import Grain


class SpreadRead(BaseModel):
    """A duration over many, in hours. Null: there is none."""

    count: int
    median: int | None
    lower: int | None = Field(description="A quarter of them took at most so long.")
    upper: int | None = Field(description="Three quarters of them took at most so long.")


class FiguresRead(BaseModel):
    """What all answers of exact figures begin with."""

    version: int = Field(description="Changes when the figures are counted again; the ETag.")
    period: Grain
    starts: list[date] = Field(description="The first day of each period; days end at midnight UTC, weeks begin on Monday.")
    as_of: date | None = Field(description="The last day that is counted; a period that holds it may not be over. Null: nothing is counted yet.")
    category: str | None
    area: str | None
    language: str | None


class SeriesRead(FiguresRead):
    """Figures over time, exact."""

    values: dict[str, list[int]] = Field(description="By measure a number for each period.")
    total: dict[str, int] = Field(description="The sum of what happened; of what is there at an end, the last one.")
    before: dict[str, int] = Field(description="The same of as many periods before.")
    times: dict[str, list[SpreadRead]]
    times_total: dict[str, SpreadRead]
    times_before: dict[str, SpreadRead]


class PartRead(BaseModel):
    """One kind of help, area or language."""

    key: str = Field(description='A code of the vocabulary; an area as "lat,lon" of its centre; a language. "-": unknown, "remote": from afar.')
    total: dict[str, int]
    values: list[int] = Field(description="The chosen measure in each period.")


class PartsRead(FiguresRead):
    """Figures broken by one dimension, exact."""

    by: str
    measure: str
    items: list[PartRead]


class KeysRead(BaseModel):
    """What figures can be asked for."""

    areas: list[str]
    languages: list[str]


class PublishedSpread(BaseModel):
    """A duration of ten or more, in whole days; quartiles of forty or more."""

    median_days: int
    lower_days: int | None = None
    upper_days: int | None = None


class PublishedNeeds(BaseModel):
    """Needs that were recorded in the quarter, each list cutting all of them one way; rounded to 5. What is missing is withheld."""

    total: int | None
    month: dict[str, int]
    category: dict[str, int]
    area: dict[str, int]
    language: dict[str, int]
    fate: dict[str, int] = Field(description="What had become of them when the quarter ended: fulfilled, ended otherwise, going_on.")


class PublishedRequests(BaseModel):
    """Requests that were made in the quarter."""

    total: int | None
    month: dict[str, int]
    category: dict[str, int]
    answer: dict[str, int] = Field(description="How they stood when the quarter ended; below `accepted.` what came of the accepted ones.")


class PublishedOffers(BaseModel):
    """Offers that were open when the quarter ended."""

    total: int | None
    category: dict[str, int]
    use: dict[str, int]


class QuarterRead(BaseModel):
    """What was published of a quarter; it never changes."""

    start: date
    published_at: datetime
    needs: PublishedNeeds
    requests: PublishedRequests
    offers: PublishedOffers
    times: dict[str, PublishedSpread | None]


class QuartersRead(BaseModel):
    """Published quarters, oldest first."""

    version: int = Field(description="Changes when a quarter is published; the ETag.")
    items: list[QuarterRead]
    total: int


class MeasureRead(BaseModel):
    """What a figure counts, in plain words."""

    code: str
    kind: str = Field(description="flow: happens within a period; stock: is there at its end; duration: spread over hours.")
    group: str
    unit: str
    definition: str = Field(description="In the reader's language.")


class MeasuresRead(BaseModel):
    """Every measure."""

    items: list[MeasureRead]
    total: int
