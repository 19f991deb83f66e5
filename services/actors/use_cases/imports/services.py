"""Services of a file: what would be told to `matching`, compared with what was told last; and what `matching` answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from chassis.outbox import NOBODY
from contracts.actors import ServiceImportedV1
from contracts.matching import OfferImportedV1, WeeklyWindow
from services.actors.model.imports.categories import category_of
from services.actors.model.imports.forms import Service
from services.actors.model.imports.job import ImportedService, ImportJob, ImportSource, Json, Line, Outcome, as_json, offer_id_of
from services.actors.model.records import Actor
from services.actors.use_cases.imports.planning import Known, actors_named, refused
from services.actors.work import Work

PLACES_ASSUMED = 10
"""Places of a service whose source names none; the preview says that they are assumed."""
SHOWN = (
    "category", "title", "description", "languages", "remote", "lat", "lon", "radius_km", "places", "windows", "valid_from", "valid_until",
    "provides", "actor_id", "ended",
)  # fmt: skip


@dataclass(slots=True)
class PlannedService:
    """A line, and the telling that it needs, if any."""

    line: Line
    service: ImportedService | None = None
    actor: Actor | None = None


async def plan_services(
    work: Work, job: ImportJob, source: ImportSource, batch: Sequence[tuple[int, Service]], known: Known, *, writing: bool
) -> list[PlannedService]:
    """What becomes of some services."""
    told = await work.imports.services(source.key, [each.key for _, each in batch])
    names = [each.organisation for _, each in batch if each.organisation]
    actors = await actors_named(work, source, list(dict.fromkeys(names)), known)
    own = await work.actors.get(job.actor_id) if job.actor_id is not None else None
    planned: list[PlannedService] = []
    for seq, each in batch:
        if not writing and each.key in known.services:
            planned.append(_no(each, seq, "duplicate", "A service with this identifier stands further up in the file."))
            continue
        known.services.add(each.key)
        planned.append(_plan_one(job, source, seq, each, _giver(each, actors, own, known), told.get(each.key), own))
    return planned


def _no(each: Service, seq: int, code: str, message: str) -> PlannedService:
    line = refused(each, "service", seq, code, message)
    return PlannedService(replace(line, name=each.title[0][1], detail={"terms": list(each.terms)}, data=as_json(each)))


def _giver(each: Service, actors: dict[str, Actor], own: Actor | None, known: Known) -> Actor | UUID | None:
    if each.organisation is None:
        return own
    return actors.get(each.organisation) or known.actors.get(each.organisation)


def _plan_one(
    job: ImportJob, source: ImportSource, seq: int, each: Service, giver: Actor | UUID | None, was: ImportedService | None, own: Actor | None
) -> PlannedService:
    if giver is None:
        return _no(each, seq, "unknown_organisation", "Neither the file nor the registry has the organisation that this service names.")
    actor_id = giver if isinstance(giver, UUID) else giver.id
    if own is not None and (actor_id != own.id or (was is not None and was.actor_id != own.id)):
        return _no(each, seq, "not_your_organisation", "Members import the offers of their own organisation only.")
    if not each.active and (was is None or was.state == "closed"):
        line = replace(_line(each, seq), outcome=Outcome.UNCHANGED, detail={"notes": ["not_active"]})
        return PlannedService(line)
    category = category_of(each.terms, source.categories)
    if category is None and each.active:
        planned = _no(each, seq, "unmapped", "No category is chosen for what its source calls this service; choose one below the preview.")
        return replace(planned, line=replace(planned.line, outcome=Outcome.UNMAPPED))
    content, notes = _content(each, actor_id, giver, category or "")
    if each.active and not content["remote"] and content["lat"] is None and isinstance(giver, Actor):
        return _no(each, seq, "no_place", "Neither the service nor its organisation has a place, and it is not given at a distance.")
    service = _next(job, source, each, actor_id, was, content)
    line = replace(_line(each, seq), record_id=service.offer_id)
    detail: Json = {"notes": notes} if notes else {}
    actor = giver if isinstance(giver, Actor) else None
    if was is None or service.generation != was.generation:
        return PlannedService(replace(line, outcome=Outcome.NEW, detail=detail or None), service, actor)
    if dict(was.content) == content and was.state != "refused":
        return PlannedService(replace(line, outcome=Outcome.UNCHANGED, detail=detail or None))
    changes = [
        {"field": name, "before": was.content.get(name), "after": content.get(name)} for name in SHOWN if was.content.get(name) != content.get(name)
    ]
    return PlannedService(replace(line, outcome=Outcome.CHANGED, detail={**detail, "changes": changes}), service, actor)


def _line(each: Service, seq: int) -> Line:
    return Line(seq=seq, line=each.line, kind="service", outcome=Outcome.UNCHANGED, key=each.key, name=each.title[0][1], data=as_json(each))


def _content(each: Service, actor_id: UUID, giver: Actor | UUID, category: str) -> tuple[Json, list[str]]:
    notes = list(each.notes)
    lat, lon = each.lat, each.lon
    if lat is None and not each.remote and isinstance(giver, Actor) and giver.lat is not None:
        lat, lon = giver.lat, giver.lon
        notes.append("place_of_organisation")
    if each.places is None:
        notes.append("places_assumed")
    provides = [*(["free_of_charge"] if each.free else []), *(["wheelchair_access"] if each.wheelchair else [])]
    return {
        "actor_id": str(actor_id), "category": category, "title": dict(each.title), "description": dict(each.description),
        "languages": sorted(each.languages), "remote": each.remote, "lat": round(lat, 4) if lat is not None else None,
        "lon": round(lon, 4) if lon is not None else None, "radius_km": each.radius_km or 0, "places": each.places or PLACES_ASSUMED,
        "windows": [list(window) for window in each.windows], "valid_from": each.valid_from, "valid_until": each.valid_until,
        "provides": provides, "ended": not each.active,
    }, notes  # fmt: skip


def _next(job: ImportJob, source: ImportSource, each: Service, actor_id: UUID, was: ImportedService | None, content: Json) -> ImportedService:
    generation = 1 if was is None else was.generation + (was.state == "closed")
    version = 1 if was is None or generation != was.generation else was.version + 1
    return ImportedService(
        offer_id=offer_id_of(source.key, each.key, generation), source_key=source.key, service_key=each.key, actor_id=actor_id,
        generation=generation, version=version, state="told", job_id=job.id, content=content,
    )  # fmt: skip


async def tell(work: Work, job: ImportJob, planned: Sequence[PlannedService]) -> list[Line]:
    """Tell `matching` of services. Answers their lines, which wait for its word."""
    wanted = [each for each in planned if each.service is not None]
    services = [each.service for each in wanted if each.service is not None]
    known = [each.service_key for each in services if each.version > 1 or each.generation > 1]
    await work.imports.put_services(services, known)
    actors = {each.actor.id: each.actor for each in wanted if each.actor is not None}
    events = [_event(job, each.line.seq, each.service, actors) for each in wanted if each.service is not None]
    await work.outbox.add_many(events, NOBODY)
    return [replace(each.line, told="pending") if each.service is not None else each.line for each in planned]


def _event(job: ImportJob, seq: int, service: ImportedService, actors: dict[UUID, Actor]) -> ServiceImportedV1:
    content = service.content
    actor = actors.get(service.actor_id)
    return ServiceImportedV1(
        offer_id=service.offer_id, version=service.version, import_id=job.id, line=seq, source=service.source_key,
        provider_actor_id=service.actor_id, provider_version=actor.version if actor else 1, ended=content["ended"], category=content["category"],
        title=content["title"], description=content["description"], languages=content["languages"], remote=content["remote"],
        lat=content["lat"], lon=content["lon"], radius_km=content["radius_km"], places=content["places"],
        windows=[WeeklyWindow(day=day, from_minute=first, to_minute=last) for day, first, last in content["windows"]],
        valid_from=_day(content["valid_from"]), valid_until=_day(content["valid_until"]), provides=content["provides"],
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def ended(job: ImportJob, service: ImportedService) -> ImportedService:
    """The service once its offer is to be closed."""
    return replace(service, version=service.version + 1, state="told", job_id=job.id, content={**service.content, "ended": True})


async def hear(work: Work, event: OfferImportedV1) -> None:
    """`matching` has dealt with a service; the import's report shows it. A repeated or late answer changes nothing."""
    await work.imports.answer(event.import_id, event.line, event.outcome, event.code)
    state = {"refused": "refused", "closed": "closed"}.get(event.outcome, "open")
    await work.imports.mark_service(event.offer_id, event.version, state)
    work.wake("run imports")
