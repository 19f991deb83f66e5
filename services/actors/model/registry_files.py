"""Reads the set of registry files into rows with readable keys, then checks the keys against each other and against the registry: pure."""

from collections.abc import Callable, Iterable, Mapping

from services.actors.model.import_report import KINDS, Faults
from services.actors.model.registry_lines import (
    COLUMNS,
    OPTIONAL,
    ActorLine,
    CapacityLine,
    DeclarationLine,
    InitiativeLine,
    Line,
    MembershipLine,
    PracticeLine,
    RegistryFiles,
    ResourceLine,
)
from services.actors.model.spreadsheet import Cells, read_rows
from services.actors.model.vocabulary import (
    DECLARING_KINDS,
    MOST_LANGUAGES,
    MOST_LINKED,
    MOST_PEOPLE,
    MOST_PLACES,
    NAME_LENGTH,
    NOTE_LENGTH,
    SOURCE_LENGTH,
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    URL_LENGTH,
    ActorKind,
    DeclarationType,
    MembershipRole,
    Practice,
    Purpose,
    ResourceKind,
    Theme,
)


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
        practices=lines("practices", _practice, lambda row: (row.actor, row.practice)),
        capacities=lines("capacities", _capacity, lambda row: (row.municipality, row.purpose, row.begins_on)),
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


def _practice(cells: Cells) -> PracticeLine | None:
    actor, practice, since = cells.slug("actor_id"), cells.choice("practice", Practice), cells.year("since")
    note, source = cells.text("note", NOTE_LENGTH), cells.citation("source", SOURCE_LENGTH)
    return None if cells.wrong or practice is None else PracticeLine(cells.line, actor, practice, since, note, source)


def _capacity(cells: Cells) -> CapacityLine | None:
    municipality, purpose, source = cells.slug("municipality_id"), cells.choice("purpose", Purpose), cells.citation("source", SOURCE_LENGTH)
    begins_on, ends_on = cells.day("begins_on", required=True), cells.day("ends_on")
    places = cells.integer("places", 0, MOST_PLACES, required=True)
    if begins_on is not None and ends_on is not None and ends_on < begins_on:
        cells.fault("ends_on", "ends_before_it_begins", "A period ends on the day on which it begins, or later.")
    if cells.wrong or purpose is None or begins_on is None or places is None:
        return None
    return CapacityLine(cells.line, municipality, purpose, begins_on, ends_on, places, source)


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
    declaring: list[tuple[str, DeclarationLine | CapacityLine]] = [("declarations", row) for row in files.declarations]
    for kind, row in [*declaring, *(("capacities", row) for row in files.capacities)]:
        there = is_there(kind, row.line, "municipality_id", row.municipality)
        if there and kinds[row.municipality] not in DECLARING_KINDS:
            faults.add(f"{kind}.csv", row.line, "not_a_municipality", "Choose a municipality or region.", "municipality_id")
    for resource in files.resources:
        is_there("resources", resource.line, "actor_ids", *resource.actors)
    for practice in files.practices:
        is_there("practices", practice.line, "actor_id", practice.actor)
