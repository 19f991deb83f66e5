"""Bodies of suggestions and claims; what is proposed is checked field by field with the bodies that create and change records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field, ValidationError, model_validator

from chassis.problems import Refused
from chassis.web import Body
from services.actors.model.provenance import RecordKind
from services.actors.model.suggestions import AnswerState, RefusalReason, SuggestionKind
from services.actors.model.vocabulary import DeclarationType
from services.actors.schemas.actors import ActorCreate, ActorUpdate
from services.actors.schemas.fields import (
    Citation,
    Country,
    Latitude,
    LocalName,
    Longitude,
    Name,
    Note,
    Population,
    PreciseDate,
    Shape,
    Title,
    WebAddress,
)
from services.actors.schemas.parts import DeclarationUpdate, InitiativeUpdate, MembershipCreate, MembershipUpdate, ResourceCreate, ResourceUpdate


class CityProposed(Body):
    """A municipality that the registry does not have yet."""

    name: Name
    local_name: LocalName | None = None
    country: Country | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    population: Population | None = None
    website: WebAddress | None = None


class DeclarationProposed(Body):
    """What the municipality declared."""

    type: DeclarationType = Field(description="How it declared itself.", examples=["council_motion"])
    date: PreciseDate
    title: Title


class PlaceCity(Body):
    """A municipality, known or new, and its declaration."""

    municipality_id: UUID | None = Field(None, description="Id of the municipality, if the registry has it.")
    municipality: CityProposed | None = Field(None, description="The municipality, if the registry does not have it.")
    declaration: DeclarationProposed

    @model_validator(mode="after")
    def _one(self) -> "PlaceCity":
        if (self.municipality_id is None) == (self.municipality is None):
            raise Refused("one_of", "Name either a municipality of the registry or a new one.")
        return self


PROPOSED: dict[SuggestionKind, type[Body]] = {
    SuggestionKind.MISSING_ACTOR: ActorCreate,
    SuggestionKind.PLACE_CITY: PlaceCity,
    SuggestionKind.MISSING_MEMBERSHIP: MembershipCreate,
    SuggestionKind.MISSING_RESOURCE: ResourceCreate,
}
CORRECTING: dict[RecordKind, type[Body]] = {
    RecordKind.ACTOR: ActorUpdate,
    RecordKind.MEMBERSHIP: MembershipUpdate,
    RecordKind.DECLARATION: DeclarationUpdate,
    RecordKind.INITIATIVE: InitiativeUpdate,
    RecordKind.RESOURCE: ResourceUpdate,
}


def proposed(kind: SuggestionKind, record_kind: RecordKind | None, values: Mapping[str, Any], source: str) -> Body:
    """The proposed values as the record's own body, which checks them. Raises RequestValidationError (Any: JSON)."""
    model = CORRECTING[record_kind] if record_kind is not None else PROPOSED[kind]
    given = dict(values)
    if "source" in model.model_fields and record_kind is None:
        given.setdefault("source", source)
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError([{**fault, "loc": ("body", "values", *fault["loc"])} for fault in error.errors()]) from error


class RecordNamed(Body):
    """The record that is to be corrected."""

    kind: RecordKind = Field(description="actor, membership, declaration, initiative or resource.", examples=["actor"])
    id: UUID = Field(description="The record's id.")

    @model_validator(mode="after")
    def _correctable(self) -> "RecordNamed":
        if self.kind not in CORRECTING:
            raise Refused("enum", "Choose one of: {expected}.", expected=", ".join(CORRECTING))
        return self


def _small(values: dict[str, Any]) -> dict[str, Any]:
    if len(values) > 30:
        raise Refused("too_long", "Give at most {max_length} entries.", max_length=30)
    return values


Values = Annotated[dict[str, Any], Field(description="Proposed values, as in the record's own body."), AfterValidator(_small)]  # Any: JSON


class SuggestionCreate(Body):
    """What you suggest. No names, addresses or telephone numbers of persons."""

    kind: SuggestionKind = Field(description="What is suggested.", examples=["missing_actor"])
    record: RecordNamed | None = Field(None, description="For a correction: the record.")
    values: Values = Field(examples=[{"kind": "civil_society", "name": "Accueil Isère", "country": "FR"}])
    source: Citation
    note: Note | None = None
    stamp: str | None = Field(None, max_length=200, description="The stamp that was fetched before; not needed when signed in.")
    homepage: str = Field("", max_length=200, description="Leave it empty: a field that only machines fill in.")

    @model_validator(mode="after")
    def _fits(self) -> "SuggestionCreate":
        if (self.record is not None) != (self.kind is SuggestionKind.CORRECTION):
            raise Refused("one_of", "A correction names its record; other suggestions name none.")
        if not self.values:
            raise Refused("empty", "Propose at least one value.")
        return self


class StampRead(Shape):
    """A stamp for one suggestion."""

    stamp: str
    wait_seconds: int = Field(description="Seconds before which nothing is accepted with it.", examples=[3])
    hours: int = Field(description="Hours that it holds.", examples=[4])


class SuggestionSent(Shape):
    """What was sent. Keep id and secret: with both you can read what became of it."""

    id: UUID
    secret: str = Field(description="Shown this once.")
    state: AnswerState


class SuggestionAsk(Body):
    """Which suggestion, and the secret that came with it."""

    id: UUID
    secret: str = Field(min_length=1, max_length=100)


class SuggestionState(Shape):
    """What became of a suggestion."""

    id: UUID
    kind: SuggestionKind
    state: AnswerState
    reason: RefusalReason | None
    result_kind: RecordKind | None = Field(description="What kind of record came of it.")
    result_id: UUID | None = Field(description="The record that came of it.")
    created_at: datetime
    decided_at: datetime | None


class ChangeRead(Shape):
    """One value that would change."""

    field: str = Field(examples=["website"])
    now: Any = Field(description="The value in the registry.")
    proposed: Any = Field(description="The value that is suggested.")


class SuggestionRead(Shape):
    """A suggestion in the queue."""

    id: UUID
    version: int = Field(examples=[1])
    kind: SuggestionKind
    state: AnswerState
    record_kind: RecordKind | None
    record_id: UUID | None
    record_version: int | None = Field(description="The version that the sender saw.")
    record_version_now: int | None = Field(description="The version as it is; send it back when you accept.")
    values: dict[str, Any]
    changes: list[ChangeRead] = Field(description="What differs from the registry as it is now; empty in lists.")
    source: str
    note: str | None
    times: int = Field(description="How often the same was suggested.", examples=[1])
    reason: RefusalReason | None
    result_kind: RecordKind | None
    result_id: UUID | None
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None


class SuggestionAccept(Body):
    """Accept as it is, or with other values."""

    values: Values = Field(default_factory=dict, description="Values in place of the proposed ones.", examples=[{}])
    leave_out: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=30, description="Proposed values that are not taken."
    )
    record_version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="For a correction: the version of the record that you compared with; by default the sender's."
    )


class RefuseAsk(Body):
    """Why not."""

    reason: RefusalReason = Field(description="Why it is refused.", examples=["unclear"])


class ClaimCreate(Body):
    """Why you are of this organisation."""

    text: Note = Field(description="How coordinators can see that it is so. No addresses, no telephone numbers.")


class ClaimRead(Shape):
    """A claim."""

    id: UUID
    version: int = Field(examples=[1])
    actor_id: UUID
    account_id: UUID
    text: str
    state: AnswerState
    reason: RefusalReason | None
    created_at: datetime
    updated_at: datetime
    decided_at: datetime | None
