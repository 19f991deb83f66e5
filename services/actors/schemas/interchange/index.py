"""What can be taken as open data."""

from datetime import datetime

from pydantic import BaseModel, Field


class FileRead(BaseModel):
    """A file of the open data."""

    name: str = Field(examples=["actors.csv"])
    address: str = Field(examples=["/api/v1/export/actors.csv"])
    format: str = Field(examples=["csv"])
    media_type: str = Field(examples=["text/csv"])
    bytes: int | None = Field(description="Size, while the file lies ready; null before somebody asked for it.")


class DatasetRead(BaseModel):
    """A table, or something whole, with its files."""

    name: str = Field(examples=["actors"])
    title: str = Field(examples=["Actors of solidarity"])
    description: str
    files: list[FileRead]


class OpenDataRead(BaseModel):
    """All open data of this hub."""

    title: str = Field(examples=["Registry of welcome, Grenoble"])
    publisher: str = Field(examples=["Ville de Grenoble"])
    licence_name: str = Field(examples=["CC-BY-4.0"])
    licence_url: str
    citation: str
    changed_at: datetime | None = Field(description="When the open data last changed; null while there are none.")
    harvest_overlap_seconds: int = Field(description="Ask for changes from so long before the last time you asked.", examples=[600])
    remembered_days: int = Field(description="Days that withdrawn offers are remembered among the tombstones.", examples=[30])
    datasets: list[DatasetRead]
