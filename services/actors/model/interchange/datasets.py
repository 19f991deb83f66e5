"""What the open data consist of: eight tables, each with its columns, and which of them are numbers."""

from dataclasses import dataclass
from enum import StrEnum

from services.actors.model.registry_lines import COLUMNS


class Dataset(StrEnum):
    """A table of the open data."""

    ACTORS = "actors"
    MEMBERSHIPS = "memberships"
    DECLARATIONS = "declarations"
    INITIATIVES = "initiatives"
    RESOURCES = "resources"
    CAPACITIES = "capacities"
    PRACTICES = "practices"
    OFFERS = "offers"


class Format(StrEnum):
    """How a table is written."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    NDJSON = "ndjson"


MORE_COLUMNS = ("uuid", "read_on", "entered_by", "version", "created_at", "updated_at")
"""What each record has besides; written with `columns=all`, and always in JSON."""
WHOLE_NUMBERS = frozenset({"population", "since", "year", "places", "places_left", "household_min", "household_max", "version"})
NUMBERS = frozenset({"lat", "lon", "radius_km"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what it is, its columns, and its key."""

    title: str
    description: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    links: tuple[tuple[str, str], ...] = ()
    """Columns that name a row of another table by its `id`."""


TABLES: dict[Dataset, Table] = {
    Dataset.ACTORS: Table(
        "Actors of solidarity", "Municipalities, civil society organisations, networks and others who welcome.", COLUMNS["actors"], ("id",)
    ),
    Dataset.MEMBERSHIPS: Table(
        "Memberships", "Who belongs to which network, in which role and since when.", COLUMNS["memberships"], ("network_id", "member_id"),
        (("network_id", "actors"), ("member_id", "actors")),
    ),
    Dataset.DECLARATIONS: Table(
        "Declarations", "What municipalities declared: motions, charters, statements, accessions.", COLUMNS["declarations"],
        ("municipality_id", "type", "date", "title"), (("municipality_id", "actors"),),
    ),
    Dataset.INITIATIVES: Table(
        "Initiatives", "What actors run or ran, with partners and themes.", COLUMNS["initiatives"], ("id",), (("actor_id", "actors"),)
    ),
    Dataset.RESOURCES: Table("Resources", "Reports, articles, books and pages, with the actors they are about.", COLUMNS["resources"], ("id",)),
    Dataset.CAPACITIES: Table(
        "Voluntary reception capacity", "How many people municipalities say they can receive, for whom and when.",
        COLUMNS["capacities"], (), (("municipality_id", "actors"),),
    ),
    Dataset.PRACTICES: Table(
        "Practices of solidarity", "Which kinds of solidarity practice an actor has.", COLUMNS["practices"],
        ("actor_id", "practice"), (("actor_id", "actors"),),
    ),
    Dataset.OFFERS: Table(
        "Open offers", "Help that everybody may ask for: open, paused or full, still valid.",
        (
            "id", "state", "category", "provider_id", "title", "description", "text_language", "unit", "places", "places_left", "returns",
            "languages", "remote", "lat", "lon", "radius_km", "windows", "topics", "valid_from", "valid_until", "provides", "requires",
            "household_min", "household_max", "posted_at", "updated_at",
        ),
        ("id",), (("provider_id", "actors"),),
    ),
}  # fmt: skip


def columns_of(dataset: Dataset, *, every: bool) -> tuple[str, ...]:
    """The columns of a table file; `every` adds those that our own import does not read."""
    columns = TABLES[dataset].columns
    return columns + tuple(name for name in MORE_COLUMNS if name not in columns) if every and dataset is not Dataset.OFFERS else columns
