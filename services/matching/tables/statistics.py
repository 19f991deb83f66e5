"""Rows of figures over time."""

from datetime import date, datetime

from sqlalchemy import Column
from sqlmodel import Field

from chassis.tables import Json, UTCDateTime
from services.matching.tables.base import Base, JsonValue


class StatisticRow(Base, table=True):
    """A figure of a day, week or month: how many of a measure, in all (empty names) or broken by one or two of category, area and language.
    Never by more, and never with an id, so that it may outlive the cases that it counted (R14, R19, R21). The rows lie in the order of their key,
    which begins as every question does; on PostgreSQL that key holds the value as well (migration 0012)."""

    __tablename__ = "statistic"
    __table_args__ = ({"sqlite_with_rowid": False},)
    grain: str = Field(primary_key=True, max_length=5)
    split: str = Field(primary_key=True, max_length=20)
    """Which of the three are named: "", "category", "area", "language", "category area" or "category language". Of months also "top", "top area" and
    "top language", where the category is an upper kind of help with all below."""
    measure: str = Field(primary_key=True, max_length=30)
    start: date = Field(primary_key=True)
    category: str = Field(primary_key=True, max_length=120)
    area: str = Field(primary_key=True, max_length=15)
    language: str = Field(primary_key=True, max_length=12)
    bucket: int = Field(primary_key=True)
    """Of a duration: its whole hours, coarser where it is long; 0 of all else."""
    value: int


class StatisticDayRow(Base, table=True):
    """A day whose figures are counted; its week and month hold it."""

    __tablename__ = "statistic_day"
    day: date = Field(primary_key=True)
    counted_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))


class PublishedQuarterRow(Base, table=True):
    """What was published of a quarter that is over. Written once and never changed, so that nobody can subtract two readings (R21)."""

    __tablename__ = "published_quarter"
    start: date = Field(primary_key=True)
    figures: JsonValue = Field(sa_column=Column(Json, nullable=False))
    published_at: datetime = Field(sa_column=Column(UTCDateTime, nullable=False))
