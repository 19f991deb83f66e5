"""What becomes of organisations and links of a file: compared with the registry, never guessed. The same for the preview and for writing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from anyascii import anyascii

from chassis.errors import HubError
from services.actors.model.imports.forms import Link, Organisation
from services.actors.model.imports.job import ImportJob, ImportSource, Json, Line, Outcome, as_json, organisation_id_of
from services.actors.model.provenance import EnteredBy
from services.actors.model.records import Actor, Capacity, Membership, Record, membership_id_of
from services.actors.model.texts import folded, is_slug, read_uuid, slug_of
from services.actors.model.vocabulary import DECLARING_KINDS, SLUG_LENGTH, ActorKind, MembershipRole
from services.actors.use_cases.actors import check_kind_is_free
from services.actors.work import Work

IMPORTED_FIELDS = ("name", "local_name", "country", "lat", "lon", "population", "website")
"""Fields of an actor that a file may say; what it does not say stays as it is."""


@dataclass(slots=True)
class Known:
    """What one run of a phase remembers: which organisations of the file are which actors, which keys were seen, in which
    places and lines facts stood and which places of reception will be there."""

    actors: dict[str, UUID] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    met: set[UUID] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    links: set[UUID] = field(default_factory=set)
    facts: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    capacities: dict[UUID, Capacity] = field(default_factory=dict)


@dataclass(slots=True)
class Planned:
    """A line, and what is to be written for it."""

    line: Line
    record: Record | None = None
    was: Record | None = None
    identifiers: tuple[tuple[str, str], ...] = ()


def changes_of(before: Any, after: Any, names: Sequence[str]) -> list[Json]:  # Any: records of one kind
    """Field by field what differs."""
    pairs = ((name, _plain(getattr(before, name)), _plain(getattr(after, name))) for name in names)
    return [{"field": name, "before": old, "after": new} for name, old, new in pairs if old != new]


def _plain(value: Any) -> Any:  # Any: a value of a record
    return value.value if hasattr(value, "value") else str(value) if isinstance(value, UUID) else value


def refused(item: Organisation | Link | Any, kind: str, seq: int, code: str, message: str, column: str | None = None, **params: str | int) -> Line:
    """A line that is not written (Any: a service)."""
    told = {"text": message, "params": params, "column": column}
    key = getattr(item, "key", "")
    return Line(seq=seq, line=item.line, kind=kind, outcome=Outcome.REFUSED, key=key[:400], code=code, message=told)


async def resolve(work: Work, source: ImportSource, organisations: Sequence[Organisation], links: Mapping[str, str]) -> dict[str, UUID]:
    """Which organisations of the file are in the registry: by the source's identifier, by the reader's word, by known schemes, by slug."""
    found = await work.identifiers.find_many(source.scheme, [each.key for each in organisations])
    found |= {key: UUID(actor_id) for key, actor_id in links.items() if key not in found}
    by_scheme: dict[str, dict[str, str]] = {}
    for each in organisations:
        if each.key not in found:
            for scheme, value in each.identifiers:
                by_scheme.setdefault(scheme, {})[value] = each.key
    for scheme, values in by_scheme.items():
        for value, actor_id in (await work.identifiers.find_many(scheme, values)).items():
            found.setdefault(values[value], actor_id)
    slugs = {each.slug: each.key for each in organisations if each.slug and each.key not in found}
    for slug, actor in (await work.actors.records.known(slugs, "slug")).items():
        found[slugs[slug]] = actor.id
    return found


async def plan_organisations(
    work: Work, job: ImportJob, source: ImportSource, batch: Sequence[tuple[int, Organisation]], known: Known, *, writing: bool
) -> list[Planned]:
    """What becomes of some organisations."""
    found = await resolve(work, source, [each for _, each in batch], job.links)
    ids = {each.key: organisation_id_of(source.key, each.key) for _, each in batch if each.key not in found}
    stored: dict[UUID, Actor] = await work.actors.records.known({*found.values(), *ids.values()})
    alike = await _alike(work, [each for _, each in batch if each.key not in found]) if not writing else {}
    slugs = await _slugs(work, [each for _, each in batch if each.key in ids and ids[each.key] not in stored], ids) if writing else {}
    planned: list[Planned] = []
    for seq, each in batch:
        if not writing and each.key in known.seen:
            line = refused(each, "organisation", seq, "duplicate", "An organisation with this identifier stands further up in the file.")
            planned.append(Planned(line))
            continue
        known.seen.add(each.key)
        was = stored.get(found.get(each.key) or ids[each.key])
        if was is not None:
            known.met.add(was.id)
        if was is None and each.key in found:
            planned.append(Planned(refused(each, "organisation", seq, "unknown_id", "The organisation that you chose is not in the registry.")))
            continue
        plan = await _plan_one(work, job, source, seq, each, was, slugs.get(each.key), ids.get(each.key), writing)
        if plan.line.record_id is not None:
            known.actors[each.key] = plan.line.record_id
        suggestion = alike.get(each.key)
        if suggestion is not None and plan.line.outcome is Outcome.NEW:
            plan.line = replace(plan.line, detail={**(plan.line.detail or {}), "suggestion": suggestion})
        planned.append(plan)
    return planned


async def _plan_one(
    work: Work,
    job: ImportJob,
    source: ImportSource,
    seq: int,
    each: Organisation,
    was: Actor | None,
    slug: str | None,
    new: UUID | None,
    writing: bool,
) -> Planned:
    given: Json = {name: getattr(each, name) for name in IMPORTED_FIELDS if getattr(each, name) is not None}
    if given.get("local_name") == given["name"]:
        del given["local_name"]
    if each.kind is not None:
        given["kind"] = ActorKind(each.kind)
    line = Line(
        seq=seq, line=each.line, kind="organisation", outcome=Outcome.UNCHANGED, key=each.key, name=each.name,
        data=None if writing else as_json(each),
        detail={"notes": list(each.notes)} if each.notes else None,
    )  # fmt: skip
    identifiers = ((source.scheme, each.key), *each.identifiers)
    if job.actor_id is not None:
        if was is None or was.id != job.actor_id:
            return Planned(refused(each, "organisation", seq, "not_your_organisation", "Members import the offers of their own organisation only."))
        return Planned(replace(line, record_id=was.id))
    if was is None:
        record_id = new or organisation_id_of(source.key, each.key)
        line = replace(line, outcome=Outcome.NEW, record_id=record_id)
        if slug is None:
            return Planned(line)
        kind = given.pop("kind", ActorKind.CIVIL_SOCIETY)
        actor = Actor(
            id=record_id, created_at=work.now, updated_at=work.now, slug=slug, kind=kind,
            source=each.citation or source.citation, read_on=job.created_at.date(), entered_by=EnteredBy.IMPORT, **given,
        )  # fmt: skip
        return Planned(line, actor, None, identifiers)
    if "kind" in given and given["kind"] is not was.kind:
        try:
            await check_kind_is_free(work, was, given["kind"])
        except HubError as error:
            return Planned(refused(each, "organisation", seq, error.code(), error.message))
    if each.citation:
        given["source"] = each.citation
    other = replace(was, **given)
    if other == was:
        return Planned(replace(line, record_id=was.id), None, was, identifiers)
    detail = {**(line.detail or {}), "changes": changes_of(was, other, [*IMPORTED_FIELDS, "kind", "source"])}
    other = replace(other, read_on=job.created_at.date())
    return Planned(replace(line, outcome=Outcome.CHANGED, record_id=was.id, detail=detail), other, was, identifiers)


async def _slugs(work: Work, new: Sequence[Organisation], ids: Mapping[str, UUID]) -> dict[str, str]:
    """A readable key for each new organisation: its own or one of its name, with a piece of its id where that is taken."""
    wanted = {each.key: each.slug or _of_name(each) or f"organisation-{ids[each.key].hex[:10]}" for each in new}
    taken = set(await work.actors.records.known(set(wanted.values()), "slug"))
    for key, slug in wanted.items():
        if slug in taken or not is_slug(slug):
            wanted[key] = f"{slug[: SLUG_LENGTH - 11]}-{ids[key].hex[:10]}"
        taken.add(wanted[key])
    return wanted


def _of_name(each: Organisation) -> str | None:
    kind = ActorKind(each.kind) if each.kind else ActorKind.CIVIL_SOCIETY
    plain = folded(each.name)
    return slug_of(plain if plain.isascii() else anyascii(each.name), ending=each.country if kind in DECLARING_KINDS else None)


async def _alike(work: Work, new: Sequence[Organisation]) -> dict[str, Json]:
    """Organisations of the registry that have the same name, and the same country or website: a suggestion, never more."""
    found: dict[str, Json] = {}
    stored: dict[str, Actor] = await work.actors.records.known({each.name for each in new}, "name")
    for each in new:
        actor = stored.get(each.name)
        if actor is None:
            continue
        same_site = each.website and actor.website and _host(each.website) == _host(actor.website)
        if same_site or not each.country or not actor.country or each.country == actor.country:
            found[each.key] = {"id": str(actor.id), "slug": actor.slug, "name": actor.name}
    return found


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")


async def actors_named(work: Work, source: ImportSource, names: Sequence[str], known: Known) -> dict[str, Actor]:
    """The actors that a file names, by its own key for them, a slug, an id, or their exact name where only one has it."""
    ids = {name: known.actors[name] for name in names if name in known.actors}
    rest = [name for name in names if name not in ids]
    ids |= await work.identifiers.find_many(source.scheme, rest)
    ids |= {name: record_id for name in rest if name not in ids and (record_id := read_uuid(name)) is not None}
    stored: dict[UUID, Actor] = await work.actors.records.known(ids.values())
    found = {name: stored[record_id] for name, record_id in ids.items() if record_id in stored}
    rest = [name for name in rest if name not in found]
    found |= await work.actors.records.known([name for name in rest if is_slug(name)], "slug")
    found |= await work.actors.records.known([name for name in rest if name not in found], "name")
    return found


async def plan_links(work: Work, source: ImportSource, batch: Sequence[tuple[int, Link]], known: Known, *, writing: bool) -> list[Planned]:
    """What becomes of some memberships. In a preview the member may be an organisation that the file itself brings."""
    actors = await actors_named(work, source, [name for _, each in batch for name in (each.organisation, each.network)], known)
    members = {each.organisation: known.actors.get(each.organisation) or getattr(actors.get(each.organisation), "id", None) for _, each in batch}
    wanted: dict[int, UUID] = {}
    for seq, each in batch:
        network, member = actors.get(each.network), members[each.organisation]
        if network is not None and member is not None:
            wanted[seq] = membership_id_of(network.id, member)
    stored: dict[UUID, Membership] = await work.memberships.known(wanted.values())
    planned: list[Planned] = []
    for seq, each in batch:
        network, member = actors.get(each.network), members[each.organisation]
        if network is None or network.kind is not ActorKind.NETWORK or member is None or member == network.id:
            message = "The registry has no network of this name; enter it first."
            planned.append(Planned(refused(each, "link", seq, "unknown_network", message)))
            continue
        if not writing and wanted[seq] in known.links:
            planned.append(Planned(refused(each, "link", seq, "duplicate", "This membership stands further up in the file.")))
            continue
        known.links.add(wanted[seq])
        planned.append(_plan_link(work, source, seq, each, network.id, member, stored.get(wanted[seq])))
    return planned


def _plan_link(work: Work, source: ImportSource, seq: int, each: Link, network: UUID, member: UUID, was: Membership | None) -> Planned:
    line = Line(
        seq=seq, line=each.line, kind="link", outcome=Outcome.UNCHANGED, key=each.organisation[:200] + " " + each.network[:190], name=each.network,
        record_id=membership_id_of(network, member), data=as_json(each),
    )  # fmt: skip
    if was is None:
        record = Membership(
            id=membership_id_of(network, member), created_at=work.now, updated_at=work.now, network_id=network, member_id=member,
            role=MembershipRole(each.role), since=each.since, source=source.citation, read_on=work.now.date(), entered_by=EnteredBy.IMPORT,
        )  # fmt: skip
        return Planned(replace(line, outcome=Outcome.NEW), record)
    other = replace(was, role=MembershipRole(each.role), since=each.since if each.since is not None else was.since)
    if other == was:
        return Planned(line, None, was)
    detail = {"changes": changes_of(was, other, ("role", "since"))}
    return Planned(replace(line, outcome=Outcome.CHANGED, detail=detail), other, was)
