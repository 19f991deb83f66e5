"""Answers HSDS: pages and streams of services, services at locations, organizations, taxonomies and their terms."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from uuid import UUID

from services.actors.model.directory import DirectoryOffer
from services.actors.model.interchange.hsds import organizations as organization_shape
from services.actors.model.interchange.hsds import services as service_shape
from services.actors.model.interchange.hsds.organizations import Facts
from services.actors.model.interchange.hsds.services import Hub, Mode
from services.actors.model.interchange.hsds.taxonomies import Taxonomy, Term, all_terms, taxonomy_id
from services.actors.model.records import Actor
from services.actors.store.interchange import hsds as stored
from services.actors.store.interchange.hsds import OrganizationFilter, ServiceFilter
from services.actors.store.records import NoSuchRecord
from services.actors.work import Work

Record = dict[str, Any]
"""A record of HSDS (Any: JSON)."""
PART = 500


class Source(Protocol):
    """A list of HSDS."""

    async def count(self) -> int:
        """How many records there are."""

    async def some(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""

    def all(self) -> AsyncIterator[list[Record]]:
        """All of them, in parts."""


@dataclass(slots=True)
class Listed:
    """A short list that is in memory."""

    records: Sequence[Record]

    async def count(self) -> int:
        """How many records there are."""
        return len(self.records)

    async def some(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""
        return list(self.records[offset : offset + limit])

    async def all(self) -> AsyncIterator[list[Record]]:
        """All of them."""
        yield list(self.records)


@dataclass(slots=True)
class Providers:
    """Who stands behind offers: an actor, or for residents the publisher's own record."""

    work: Work
    publisher_key: str
    full: bool = True
    publisher: Actor | None = field(default=None)

    async def open(self) -> "Providers":
        """With the publisher's record, if the operator named one."""
        if self.publisher_key:
            try:
                actor = await self.work.actors.get(self.publisher_key)
                self.publisher = None if actor.archived else actor
            except NoSuchRecord:
                self.publisher = None
        return self

    async def of(self, offers: Sequence[DirectoryOffer]) -> Callable[[DirectoryOffer], Facts | None]:
        """Finds the provider of each of these offers."""
        actors = await stored.living(self.work.session, (offer.provider_actor_id for offer in offers if offer.provider_actor_id))
        if self.publisher and self.publisher.id not in {actor.id for actor in actors}:
            actors.append(self.publisher)
        facts = await stored.facts_of(self.work.session, actors, full=self.full)
        ours = facts.get(self.publisher.id) if self.publisher else None
        return lambda offer: facts.get(offer.provider_actor_id) if offer.provider_actor_id else ours


@dataclass(slots=True)
class Services:
    """Services that a filter finds."""

    work: Work
    wanted: ServiceFilter
    hub: Hub
    providers: Providers
    full: bool = False
    minimal: bool = False

    async def count(self) -> int:
        """How many there are."""
        return await stored.count_services(self.work.session, self.wanted)

    async def some(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""
        return await self._shaped(await stored.services(self.work.session, self.wanted, offset, limit))

    async def all(self) -> AsyncIterator[list[Record]]:
        """All of them, in parts."""
        async for part in stored.all_services(self.work.session, self.wanted):
            yield await self._shaped(part)

    async def _shaped(self, offers: Sequence[DirectoryOffer]) -> list[Record]:
        if self.minimal:
            return [service_shape.minimal(offer, self.hub) for offer in offers]
        provider = await self.providers.of(offers)
        return [service_shape.service(offer, provider(offer), self.hub, full=self.full) for offer in offers]


@dataclass(slots=True)
class AtLocations:
    """Services at locations that a filter finds."""

    work: Work
    wanted: ServiceFilter
    hub: Hub
    providers: Providers
    full: bool = False

    async def count(self) -> int:
        """How many there are."""
        return await stored.count_at_locations(self.work.session, self.wanted)

    async def some(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""
        found = await stored.at_locations(self.work.session, self.wanted, offset, limit)
        provider = await self.providers.of([offer for offer, _ in found])
        return [service_shape.service_at_location(offer, mode, provider(offer), self.hub, full=self.full) for offer, mode in found]

    async def all(self) -> AsyncIterator[list[Record]]:
        """All of them, in parts."""
        offset = 0
        while part := await self.some(offset, PART):
            yield part
            offset += PART


@dataclass(slots=True)
class Organizations:
    """Organizations that a filter finds; with their services, if asked for."""

    work: Work
    wanted: OrganizationFilter
    hub: Hub
    full: bool = False
    full_service: bool = False

    async def count(self) -> int:
        """How many there are."""
        return await stored.count_organizations(self.work.session, self.wanted)

    async def some(self, offset: int, limit: int) -> list[Record]:
        """Some of them."""
        return await self.shaped(await stored.organizations(self.work.session, self.wanted, offset, limit))

    async def all(self) -> AsyncIterator[list[Record]]:
        """All of them, in parts."""
        async for part in stored.all_organizations(self.work.session, self.wanted):
            yield await self.shaped(part)

    async def shaped(self, actors: Sequence[Actor]) -> list[Record]:
        """These organizations."""
        full = self.full or self.full_service
        facts = await stored.facts_of(self.work.session, actors, full=full)
        found = {actor.id: organization_shape.organization(facts[actor.id], self.hub.address, full=full) for actor in actors}
        if full:
            for record in found.values():
                record["services"] = []
            for offer in await stored.services_of(self.work.session, list(found), self.work.now.date()):
                if offer.provider_actor_id:
                    shape = service_shape.service(offer, facts[offer.provider_actor_id], self.hub, full=self.full_service, within="organization")
                    found[offer.provider_actor_id]["services"].append(shape)
        return list(found.values())


async def terms(work: Work) -> list[Term]:
    """Every term of every taxonomy."""
    return all_terms(await stored.categories(work.session, work.now.date()))


async def term_of(work: Work, term_id: UUID) -> Term | None:
    """The term with that id."""
    return next((term for term in await terms(work) if term.id == term_id), None)


def taxonomy_of(wanted: UUID) -> Taxonomy | None:
    """The taxonomy with that id."""
    return next((taxonomy for taxonomy in Taxonomy if taxonomy_id(taxonomy) == wanted), None)


async def narrowed_service(work: Work, wanted: ServiceFilter, term_id: UUID | None, taxonomy: UUID | None) -> ServiceFilter:
    """The filter with a term and a taxonomy; services have terms of what is offered alone."""
    if term_id is not None:
        term = await term_of(work, term_id)
        wanted = replace(wanted, category=term.code) if term and term.taxonomy is Taxonomy.OFFERS else replace(wanted, nothing=True)
    if taxonomy is not None and taxonomy_of(taxonomy) is not Taxonomy.OFFERS:
        wanted = replace(wanted, nothing=True)
    return wanted


async def narrowed_organization(work: Work, wanted: OrganizationFilter, term_id: UUID | None, taxonomy: UUID | None) -> OrganizationFilter:
    """The filter with a term and a taxonomy: by kind, by practice, or by what is offered."""
    if term_id is not None:
        term = await term_of(work, term_id)
        if term is None:
            return replace(wanted, nothing=True)
        if term.taxonomy is Taxonomy.OFFERS:
            wanted = replace(wanted, category=term.code)
        elif term.taxonomy is Taxonomy.KINDS:
            wanted = replace(wanted, kind=term.code)
        else:
            wanted = replace(wanted, practice=term.code)
    if taxonomy is not None:
        found = taxonomy_of(taxonomy)
        if found is None:
            return replace(wanted, nothing=True)
        wanted = replace(wanted, has_practice=found is Taxonomy.PRACTICES, has_offer=found is Taxonomy.OFFERS)
    return wanted


async def valid_offer(work: Work, offer_id: UUID) -> DirectoryOffer:
    """An offer that is open data: listed and still valid. Raises NoSuchRecord."""
    offer = await work.directory.get(offer_id)
    if offer.valid_until is not None and offer.valid_until < work.now.date():
        raise NoSuchRecord("This offer is not in the directory, or no longer.")
    return offer


async def offer_at(work: Work, record_id: UUID) -> tuple[DirectoryOffer, Mode]:
    """The offer behind a service at a location. Raises NoSuchRecord."""
    for mode, offer_id in service_shape.offers_at(record_id).items():
        try:
            offer = await valid_offer(work, offer_id)
        except NoSuchRecord:
            continue
        if mode in service_shape.modes_of(offer):
            return offer, mode
    raise NoSuchRecord("There is no such service at a location.")
