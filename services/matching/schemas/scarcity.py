"""Bodies of what is lacking."""

from datetime import datetime

from pydantic import BaseModel, Field


class AreaRead(BaseModel):
    """A cell of about 5 km by 5 km, by its centre."""

    lat: float
    lon: float


class LackingRead(BaseModel):
    """An offer that is lacking, and what one more of it would do. What is null is left open: any language, any hour, the whole hub."""

    category: str
    languages: list[str] = Field(description="Languages that it speaks, all of them; empty where it does not matter, or any would have to do.")
    weekday: int | None = Field(description="0 is Monday; null: any hour.")
    part: str | None = Field(description="morning (6-12), afternoon (12-18) or evening (18-23); null: the whole day.")
    area: AreaRead | None = Field(description="Null: wherever it is needed in the hub.")
    open_needs: int | None = Field(description="Open needs that such an offer could serve, with or without a place in the best plan.")
    free_places: int | None = Field(description="Places left at open offers of this kind.")
    served_by_one_more: int = Field(
        description="Needs that would have a place in the best plan, and have none now, if there were one more such offer."
    )
    at_least: bool = Field(description="Whether it may be more: needs that others' moves would serve were not counted.")
    shadow_price: int | None = Field(description="What one more such place, for one need, adds to the value of the best plan. Never published.")
    sentence: str = Field(description="For a call for help, in the reader's language.")


class LackingList(BaseModel):
    """What is lacking, what serves most first."""

    items: list[LackingRead]
    total: int
    computed_at: datetime | None = Field(description="Null: not yet.")
    weights: str | None
    rounded: bool = Field(description="Whether small groups are withheld (null) and figures rounded to 5 and fixed for the day.")


class TotalsRead(BaseModel):
    """Totals of a category at a moment."""

    computed_at: datetime
    open_needs: int | None
    without_place: int | None = Field(description="Those that the best plan for all leaves without a place.")
    free_places: int | None


class TotalsList(BaseModel):
    """Totals of a category (null: of the whole hub) over time, newest first: of each computation, or one of each day where rounded."""

    items: list[TotalsRead]
    total: int
    category: str | None
    rounded: bool


class RefreshRead(BaseModel):
    """It is computed beside; ask again in a moment."""

    computed_at: datetime | None = Field(description="When it was computed last.")
