"""Parts that several bodies share: codes, languages, weekly windows, places, reasons."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.matching.engine.types import Place, TimeWindow
from services.matching.model.offer import Location

Code = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[a-z][a-z0-9_.-]*$", examples=["language.class"])]
Language = Annotated[str, Field(min_length=2, max_length=35, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$", examples=["fr"])]
Lat = Annotated[float, Field(ge=-90, le=90, description="Degrees north, WGS 84.", examples=[45.19])]
Lon = Annotated[float, Field(ge=-180, le=180, description="Degrees east, WGS 84.", examples=[5.72])]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31), examples=["2026-12-01"])]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="Local time of the hub.", examples=["18:00"])]
Codes = Annotated[list[Code], Field(max_length=30)]


class WindowBody(Body):
    """A weekly window; day 0 is Monday."""

    day: int = Field(ge=0, le=6, examples=[1])
    from_: Clock = Field(alias="from")
    to: Clock = Field(examples=["20:00"])

    @model_validator(mode="after")
    def _in_order(self) -> "WindowBody":
        if self.from_ >= self.to:
            raise Refused("not_a_window", "A window begins before it ends, on the same day.")
        return self

    def value(self) -> TimeWindow:
        """As the model has it."""
        return TimeWindow(self.day, _minute(self.from_), _minute(self.to))


Windows = Annotated[list[WindowBody], Field(max_length=20)]


class LocationBody(Body):
    """Where help is given: a point with the provider's own reach in kilometres, or remotely."""

    lat: Lat | None = None
    lon: Lon | None = None
    radius_km: float = Field(0, ge=0, le=200, examples=[8])
    remote: bool = False

    @model_validator(mode="after")
    def _whole(self) -> "LocationBody":
        if (self.lat is None) != (self.lon is None):
            raise Refused("half_a_place", "Give both lat and lon, or neither.")
        return self

    def value(self) -> Location:
        """As the model has it."""
        place = Place(self.lat, self.lon) if self.lat is not None and self.lon is not None else None
        return Location(place, self.radius_km, self.remote)


class PlaceBody(Body):
    """A coarse place: two decimals at most (about 1 km)."""

    lat: Lat
    lon: Lon


class ReasonRead(BaseModel):
    """Why: a stable code with its parameters, and the sentence in the reader's language."""

    code: str
    params: dict[str, str | int]
    text: str


class PartRead(BaseModel):
    """One part of a score: 0 to 1000 points, counted with its weight."""

    name: str
    points: int
    weight: int
    reason: ReasonRead


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def windows_of(bodies: list[WindowBody]) -> tuple[TimeWindow, ...]:
    """Weekly windows as the model has them."""
    return tuple(body.value() for body in bodies)
