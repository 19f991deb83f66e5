"""Reads the set of registry files into rows with readable keys, then checks the keys against each other and against the registry: pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.actors.model.import_report import KINDS, Faults
from services.actors.model.spreadsheet import Cells, read_rows
from services.actors.model.vocabulary import (
    DECLARING_KINDS,
    MOST_LANGUAGES,
    MOST_LINKED,
    MOST_PEOPLE,
    NAME_LENGTH,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    ActorKind,
    DeclarationType,
    MembershipRole,
    ResourceKind,
    Theme,
)

COLUMNS: dict[str, tuple[str, ...]] = {
    "actors": ("id", "kind", "name", "local_name", "country", "lat", "lon", "population", "website", "source"),
    "memberships": ("network_id", "member_id", "role", "since", "source"),
    "initiatives": ("id", "actor_id", "title", "themes", "year", "partners", "summary", "source"),
    "declarations": ("municipality_id", "type", "date", "title", "source"),
    "resources": ("id", "title", "authors", "year", "kind", "languages", "topic_themes", "actor_ids", "url", "source"),
}
OPTIONAL = frozenset({"languages"})
"""Columns that a file may leave out; what they tell then stays as it is in the registry."""


@dataclass(frozen=True, slots=True)
class ActorLine:
    """A row of actors.csv."""

    line: int
    slug: str
    kind: ActorKind
    name: str
    local_name: str | None
    country: str | None
    lat: float | None
    lon: float | None
    population: int | None
    website: str | None
    source: str


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A row of memberships.csv; actors by slug."""

    line: int
    network: str
    member: str
    role: MembershipRole
    since: int | None
    source: str


@dataclass(frozen=True, slots=True)
class InitiativeLine:
    """A row of initiatives.csv; actors by slug."""

    line: int
    slug: str
    actor: str
    title: str
    themes: tuple[Theme, ...]
    year: int | None
    partners: tuple[str, ...]
    summary: str | None
    source: str


@dataclass(frozen=True, slots=True)
class DeclarationLine:
    """A row of declarations.csv; the municipality by slug."""

    line: int
    municipality: str
    type: DeclarationType
    date: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class ResourceLine:
    """A row of resources.csv; actors by slug."""

    line: int
    slug: str
    title: str
    authors: str | None
    year: int | None
    kind: ResourceKind
    languages: tuple[str, ...] | None
    topic_themes: tuple[Theme, ...]
    actors: tuple[str, ...]
    url: str | None
    source: str


Line = TypeVar("Line", ActorLine, MembershipLine, InitiativeLine, DeclarationLine, ResourceLine)


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """All rows of a set; a file that was not sent has none."""

    actors: tuple[ActorLine, ...] = ()
    memberships: tuple[MembershipLine, ...] = ()
    initiatives: tuple[InitiativeLine, ...] = ()
    declarations: tuple[DeclarationLine, ...] = ()
    resources: tuple[ResourceLine, ...] = ()

    def slugs(self) -> set[str]:
        """The keys of all actors that the set speaks of."""
        named = {row.slug for row in self.actors}
        for membership in self.memberships:
            named |= {membership.network, membership.member}
        for initiative in self.initiatives:
            named |= {initiative.actor, *initiative.partners}
        named |= {declaration.municipality for declaration in self.declarations}
        for resource in self.resources:
            named |= set(resource.actors)
        return named


def read_files(contents: Mapping[str, bytes], faults: Faults) -> RegistryFiles:
    """Read the files of a set (kind to bytes). What is wrong is added to `faults`; a row with a fault is left out."""
    if unknown := set(contents) - set(KINDS):
        raise ValueError(f"{len(unknown)} files of unknown kinds")

    def lines(kind: str, parse: Callable[[Cells], Line | None], key: Callable[[Line], object]) -> tuple[Line, ...]:
        if kind not in contents:
            return ()
        return tuple(_once(kind, (parse(cells) for cells in read_rows(f"{kind}.csv", contents[kind], COLUMNS[kind], faults, OPTIONAL)), key, faults))

    return RegistryFiles(
        actors=lines("actors", _actor, lambda row: row.slug),
        memberships=lines("memberships", _membership, lambda row: (row.network, row.member)),
        initiatives=lines("initiatives", _initiative, lambda row: row.slug),
        declarations=lines("declarations", _declaration, lambda row: (row.municipality, row.type, row.date, row.title)),
        resources=lines("resources", _resource, lambda row: row.slug),
    )


def _once(kind: str, rows: Iterable[Line | None], key: Callable[[Line], object], faults: Faults) -> Iterable[Line]:
    first: dict[object, int] = {}
    for row in rows:
        if row is None:
            continue
        earlier = first.setdefault(key(row), row.line)
        if earlier != row.line:
            faults.add(f"{kind}.csv", row.line, "duplicate", "This record stands already in line {earlier}.", earlier=earlier)
        yield row


def _actor(cells: Cells) -> ActorLine | None:
    kind = cells.choice("kind", ActorKind)
    lat, lon = cells.degrees("lat", 90), cells.degrees("lon", 180)
    if bool(cells.values["lat"]) != bool(cells.values["lon"]):
        cells.fault("lat", "half_a_place", "Give both lat and lon, or neither.")
    row = (
        cells.required_text("name", NAME_LENGTH), cells.text("local_name", NAME_LENGTH), cells.country("country"), lat, lon,
        cells.integer("population", 0, MOST_PEOPLE), cells.web_address("website", URL_LENGTH), cells.citation("source", SOURCE_LENGTH),
    )  # fmt: skip
    slug = cells.slug("id")
    return None if cells.wrong or kind is None else ActorLine(cells.line, slug, kind, *row)


def _membership(cells: Cells) -> MembershipLine | None:
    network, member, role = cells.slug("network_id"), cells.slug("member_id"), cells.choice("role", MembershipRole)
    since, source = cells.year("since"), cells.citation("source", SOURCE_LENGTH)
    if network and network == member:
        cells.fault("member_id", "member_of_itself", "A network cannot be a member of itself.")
    return None if cells.wrong or role is None else MembershipLine(cells.line, network, member, role, since, source)


def _initiative(cells: Cells) -> InitiativeLine | None:
    row = InitiativeLine(
        cells.line, cells.slug("id"), cells.slug("actor_id"), cells.required_text("title", TITLE_LENGTH),
        cells.choices("themes", Theme, required=True), cells.year("year"), cells.slugs("partners", MOST_LINKED),
        cells.text("summary", SUMMARY_LENGTH), cells.citation("source", SOURCE_LENGTH),
    )  # fmt: skip
    return None if cells.wrong else row


def _declaration(cells: Cells) -> DeclarationLine | None:
    municipality, kind, date = cells.slug("municipality_id"), cells.choice("type", DeclarationType), cells.date("date")
    title, source = cells.required_text("title", TITLE_LENGTH), cells.citation("source", SOURCE_LENGTH)
    return None if cells.wrong or kind is None else DeclarationLine(cells.line, municipality, kind, date, title, source)


def _resource(cells: Cells) -> ResourceLine | None:
    kind = cells.choice("kind", ResourceKind)
    slug, title, authors, year = (
        cells.slug("id"), cells.required_text("title", TITLE_LENGTH), cells.text("authors", TITLE_LENGTH), cells.year("year"),
    )  # fmt: skip
    rest = (
        cells.languages("languages", MOST_LANGUAGES), cells.choices("topic_themes", Theme), cells.slugs("actor_ids", MOST_LINKED),
        cells.web_address("url", URL_LENGTH), cells.citation("source", SOURCE_LENGTH),
    )  # fmt: skip
    return None if cells.wrong or kind is None else ResourceLine(cells.line, slug, title, authors, year, kind, *rest)


def check_references(files: RegistryFiles, known: Mapping[str, ActorKind], faults: Faults) -> None:
    """Check that every actor named is in the files or in the registry (`known`: slug to kind), and is of the kind that its place asks for."""
    kinds = {**known, **{row.slug: row.kind for row in files.actors}}

    def is_there(kind: str, line: int, column: str, *slugs: str) -> bool:
        missing = any(slug not in kinds for slug in slugs)
        if missing:
            faults.add(f"{kind}.csv", line, "unknown_id", "No actor with this id is in actors.csv or in the registry.", column)
        return not missing

    for membership in files.memberships:
        is_there("memberships", membership.line, "member_id", membership.member)
        there = is_there("memberships", membership.line, "network_id", membership.network)
        if there and kinds[membership.network] is not ActorKind.NETWORK:
            faults.add("memberships.csv", membership.line, "not_a_network", "Choose an actor of kind network.", "network_id")
    for initiative in files.initiatives:
        is_there("initiatives", initiative.line, "actor_id", initiative.actor)
        is_there("initiatives", initiative.line, "partners", *initiative.partners)
    for declaration in files.declarations:
        there = is_there("declarations", declaration.line, "municipality_id", declaration.municipality)
        if there and kinds[declaration.municipality] not in DECLARING_KINDS:
            faults.add("declarations.csv", declaration.line, "not_a_municipality", "Choose a municipality or region.", "municipality_id")
    for resource in files.resources:
        is_there("resources", resource.line, "actor_ids", *resource.actors)
