"""What the registry's own files hold: their columns and the rows of each, with readable keys."""

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from services.actors.model.vocabulary import ActorKind, DeclarationType, MembershipRole, Practice, Purpose, ResourceKind, Theme

COLUMNS: dict[str, tuple[str, ...]] = {
    "actors": ("id", "kind", "name", "local_name", "country", "lat", "lon", "population", "website", "source"),
    "memberships": ("network_id", "member_id", "role", "since", "source"),
    "initiatives": ("id", "actor_id", "title", "themes", "year", "partners", "summary", "source"),
    "declarations": ("municipality_id", "type", "date", "title", "source"),
    "resources": ("id", "title", "authors", "year", "kind", "languages", "topic_themes", "actor_ids", "url", "source"),
    "practices": ("actor_id", "practice", "since", "note", "source"),
    "capacities": ("municipality_id", "purpose", "begins_on", "ends_on", "places", "source"),
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


@dataclass(frozen=True, slots=True)
class PracticeLine:
    """A row of practices.csv; the actor by slug."""

    line: int
    actor: str
    practice: Practice
    since: int | None
    note: str | None
    source: str


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """A row of capacities.csv; the municipality by slug."""

    line: int
    municipality: str
    purpose: Purpose
    begins_on: date
    ends_on: date | None
    places: int
    source: str


Line = TypeVar("Line", ActorLine, MembershipLine, InitiativeLine, DeclarationLine, ResourceLine, PracticeLine, CapacityLine)


@dataclass(frozen=True, slots=True)
class RegistryFiles:
    """All rows of a set; a file that was not sent has none."""

    actors: tuple[ActorLine, ...] = ()
    memberships: tuple[MembershipLine, ...] = ()
    initiatives: tuple[InitiativeLine, ...] = ()
    declarations: tuple[DeclarationLine, ...] = ()
    resources: tuple[ResourceLine, ...] = ()
    practices: tuple[PracticeLine, ...] = ()
    capacities: tuple[CapacityLine, ...] = ()

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
        named |= {practice.actor for practice in self.practices}
        return named | {capacity.municipality for capacity in self.capacities}
