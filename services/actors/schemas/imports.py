"""Bodies of imports: the job, its lines, its source."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from chassis.web import Body
from services.actors.model.imports.categories import CODE
from services.actors.model.imports.forms import Format
from services.actors.model.imports.job import JobState, Outcome
from services.actors.model.imports.mapping_words import RowsAre
from services.actors.schemas.fields import Citation, Shape

Short = Annotated[str, Field(min_length=1, max_length=200)]


class ImportJobRead(Shape):
    """An import on its way. Nothing is written before it is confirmed."""

    id: UUID
    version: int = Field(examples=[3])
    source_key: str = Field(examples=["data-inclusion"])
    format: Format
    state: JobState = Field(
        description="checking, needs_mapping (choose columns), checked (read the preview, confirm), writing, waiting (for answers about offers), "
        "finished, refused or cancelled."
    )
    actor_id: UUID | None = Field(description="The organisation whose member imports; null: an editor.")
    done: int = Field(description="Rows that this phase has dealt with.", examples=[42000])
    total: int = Field(description="Rows in all, as far as known.", examples=[100000])
    remove_gone: bool = Field(description="Whether what left the source is archived and closed.")
    contacts: int = Field(description="E-mail addresses, telephone numbers and names of persons that were left out.")
    counts: dict[str, Any] = Field(description="`lines`: kind -> outcome -> count. `told`: what `matching` answered -> count.")  # Any: JSON
    tables: dict[str, Any] = Field(description="The tables of the file: header, mapping in use, columns left out.")  # Any: JSON
    problem: dict[str, Any] | None = Field(description="Why the file was refused as a whole.")  # Any: JSON
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class ImportLineRead(Shape):
    """What becomes, or became, of one record of the file."""

    seq: int
    place: str = Field(description="The table or file that it stands in.")
    line: int = Field(description="Line, row, or number of the record; 0: it is no longer in the file.")
    kind: str = Field(description="organisation, service, link, practice, capacity, row (unreadable), or a kind of the registry's own files.")
    outcome: Outcome
    key: str = Field(description="What the source calls it.")
    name: str
    record_id: UUID | None
    told: str | None = Field(description="Of services: pending, created, changed, unchanged, closed or refused.")
    code: str | None = Field(description="Why it is refused.")
    message: dict[str, Any] | None = Field(description="The same as a sentence `text` with `params`, and the `column`.")  # Any: JSON
    detail: dict[str, Any] | None = Field(description="`changes` field by field, `notes`, a `suggestion` of who it may be, `terms`.")  # Any: JSON


class CheckAgain(Body):
    """The reader's word that organisations of the file are organisations of the registry."""

    links: dict[Short, UUID] = Field(default_factory=dict, max_length=1000, description="What the source calls it -> id of the actor.")


class Confirmation(Body):
    """The reader saw the preview."""

    remove_gone: bool = Field(False, description="true: archive organisations and close offers that are no longer in the file.")


class TableMappingBody(Body):
    """What the rows of a table are, and which column feeds which field."""

    rows: RowsAre = Field(description="organisations, services, practices, capacities or nothing.")
    columns: dict[Short, Annotated[str, Field(min_length=1, max_length=40)]] = Field(default_factory=dict, max_length=100)


class SourcePut(Body):
    """How the files of a source are read. What is left out stays as it is."""

    name: Short | None = Field(None, description="The source's name.", examples=["data.inclusion"])
    licence: Short | None = Field(None, description="Under which licence its data may be used.", examples=["Licence Ouverte 2.0"])
    citation: Citation | None = None
    language: str | None = Field(None, pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}$", description="Language of its texts.", examples=["fr"])
    mapping: dict[Annotated[str, Field(min_length=1, max_length=100)], TableMappingBody] | None = Field(
        None, max_length=30, description="By table; a single CSV file is `*`."
    )
    categories: dict[Short, Annotated[str, Field(pattern=f"^{CODE.pattern}$")]] | None = Field(
        None, max_length=2000, description="The source's words for kinds of help -> our categories."
    )


class SourceRead(Shape):
    """A source of files."""

    key: str = Field(examples=["data-inclusion"])
    version: int
    name: str
    licence: str | None
    citation: str
    language: str
    actor_id: UUID | None
    mapping: dict[str, Any]  # Any: JSON
    categories: dict[str, str]
    created_at: datetime
    updated_at: datetime
