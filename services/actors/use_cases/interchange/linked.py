"""Answers linked data: the catalogue, and public services."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import IO, Any

import orjson

from services.actors.model.directory import DirectoryOffer
from services.actors.model.interchange.catalogue import catalogue
from services.actors.model.interchange.package import Publication, publication_of
from services.actors.model.interchange.public_services import Provider, public_service
from services.actors.model.interchange.rdf import Thing, context, json_ld
from services.actors.store.interchange import hsds as stored
from services.actors.store.interchange.offers import offers
from services.actors.use_cases.interchange.shelf import Shelf
from services.actors.work import Work


def catalogue_of(settings: Any, changed: datetime | None, shelf: Shelf) -> list[Thing]:  # Any: services.actors.settings.Settings
    """The catalogue with the sizes of the files that lie ready."""
    return catalogue(publication_of(settings), changed, shelf.sizes())


async def services_of(work: Work, found: Sequence[DirectoryOffer], about: Publication) -> list[Thing]:
    """These offers as public services; what several point to comes once each."""
    ids = {offer.provider_actor_id for offer in found if offer.provider_actor_id}
    known = {actor.id: Provider(actor.slug, actor.kind, actor.name) for actor in await stored.living(work.session, ids)}
    made: dict[str, Thing] = {}
    for offer in found:
        provider = known.get(offer.provider_actor_id) if offer.provider_actor_id else None
        for thing in public_service(offer, provider, about):
            made.setdefault(thing.address, thing)
    return list(made.values())


async def _parts(work: Work, about: Publication) -> AsyncIterator[list[Thing]]:
    async for part in offers(work.session, work.now.date()):
        yield await services_of(work, part, about)


async def write_services(work: Work, settings: Any, out: IO[bytes]) -> None:  # Any: services.actors.settings.Settings
    """All offers as public services, in one JSON-LD document."""
    about = publication_of(settings)
    out.write(b'{"@context":' + orjson.dumps(context()) + b',"@graph":[')
    first, shared = True, set[str]()
    async for part in _parts(work, about):
        for thing in part:
            if thing.address in shared:
                continue
            if not thing.address.startswith((f"{about.address}/api/", f"{about.address}/help/")):
                shared.add(thing.address)
            out.write((b"\n" if first else b",\n") + orjson.dumps(json_ld(thing)))
            first = False
        await asyncio.sleep(0)
    out.write(b"\n]}\n")
