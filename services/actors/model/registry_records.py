"""Makes records of the rows of the registry's own files, once it is known which actor has which key: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.actors.model.provenance import EnteredBy
from services.actors.model.records import (
    Capacity,
    Declaration,
    Initiative,
    Membership,
    Practice,
    Resource,
    capacity_id_of,
    declaration_id_of,
    initiative_id_of,
    membership_id_of,
    practice_id_of,
    resource_id_of,
)
from services.actors.model.registry_lines import RegistryFiles


@dataclass(frozen=True, slots=True)
class Made:
    """What the files say, kind by kind, in the order of their rows."""

    memberships: list[Membership]
    initiatives: list[Initiative]
    declarations: list[Declaration]
    resources: list[Resource]
    practices: list[Practice]
    capacities: list[Capacity]


def records_of(files: RegistryFiles, ids: Mapping[str, UUID], now: datetime) -> Made:
    """The records of all rows but the actors'; `ids`: from the key of an actor to its id."""
    times: dict[str, Any] = {"created_at": now, "updated_at": now, "entered_by": EnteredBy.IMPORT}  # Any: passed on by name
    memberships = [
        Membership(
            id=membership_id_of(ids[row.network], ids[row.member]), network_id=ids[row.network], member_id=ids[row.member], role=row.role,
            since=row.since, source=row.source, **times,
        )
        for row in files.memberships
    ]  # fmt: skip
    initiatives = [
        Initiative(
            id=initiative_id_of(row.slug), slug=row.slug, actor_id=ids[row.actor], title=row.title, themes=row.themes, year=row.year,
            partners=tuple(ids[partner] for partner in row.partners), summary=row.summary, source=row.source, **times,
        )
        for row in files.initiatives
    ]  # fmt: skip
    declarations = [
        Declaration(
            id=declaration_id_of(ids[row.municipality], row.type, row.date, row.title), municipality_id=ids[row.municipality], type=row.type,
            date=row.date, title=row.title, source=row.source, **times,
        )
        for row in files.declarations
    ]  # fmt: skip
    resources = [
        Resource(
            id=resource_id_of(row.slug), slug=row.slug, title=row.title, authors=row.authors, year=row.year, kind=row.kind,
            languages=row.languages or (), topic_themes=row.topic_themes, actors=tuple(ids[actor] for actor in row.actors), url=row.url,
            source=row.source, **times,
        )
        for row in files.resources
    ]  # fmt: skip
    practices = [
        Practice(
            id=practice_id_of(ids[row.actor], row.practice), actor_id=ids[row.actor], practice=row.practice, since=row.since, note=row.note,
            source=row.source, **times,
        )
        for row in files.practices
    ]  # fmt: skip
    capacities = [
        Capacity(
            id=capacity_id_of(ids[row.municipality], row.purpose, row.begins_on), municipality_id=ids[row.municipality], purpose=row.purpose,
            begins_on=row.begins_on, ends_on=row.ends_on, places=row.places, source=row.source, **times,
        )
        for row in files.capacities
    ]  # fmt: skip
    return Made(memberships, initiatives, declarations, resources, practices, capacities)
