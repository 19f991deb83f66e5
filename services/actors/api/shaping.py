"""How memberships, declarations, initiatives, resources, capacities and practices are shown: with the actors that they name."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any
from uuid import UUID

from chassis.paging import Listed
from services.actors.model.confirming import Saying, sides_of, summed_up
from services.actors.model.records import ActorRef, Declaration, Initiative, Membership, Record
from services.actors.model.texts import date_precision
from services.actors.work import Work

Shaped = dict[str, Any]
"""The answer's fields (Any: JSON values and references)."""
NAMED: dict[str, str] = {"network_id": "network", "member_id": "member", "municipality_id": "municipality", "actor_id": "actor"}
"""Fields that hold an actor's id, and under which name the answer shows the actor."""


def _ids(part: Record) -> Iterable[UUID]:
    for field in NAMED:
        if (actor_id := getattr(part, field, None)) is not None:
            yield actor_id
    yield from getattr(part, "partners", ())
    yield from getattr(part, "actors", ())


def _shape(part: Record, refs: dict[UUID, ActorRef], said: list[Saying]) -> Shaped:
    shown = {field.name: getattr(part, field.name) for field in fields(part)}
    for field, name in NAMED.items():
        if field in shown:
            shown[name] = refs[shown.pop(field)]
    for many in ("partners", "actors"):
        if many in shown:
            shown[many] = [refs[actor_id] for actor_id in shown[many] if actor_id in refs]
    if isinstance(part, Declaration):
        shown["date_precision"] = date_precision(part.date)
    if isinstance(part, Membership):
        shown["sides"] = _sides(said)
    if isinstance(part, Initiative):
        shown["partnerships"] = [_partnership(part, partner, said) for partner in part.partners if partner in refs]
    return shown


def _sides(said: list[Saying]) -> list[Shaped]:
    return [{"actor_id": saying.side_actor_id, "state": saying.state, "at": saying.at} for saying in said]


def _partnership(part: Initiative, partner: UUID, said: list[Saying]) -> Shaped:
    sides = [saying for saying in said if saying.other_id == partner]
    return {"partner_id": partner, "confirmation": summed_up(sides, sides_of(part, partner)), "sides": _sides(sides)}


async def shaped(work: Work, parts: list[Any]) -> list[Shaped]:  # Any: one of the parts
    """Records as they are shown."""
    refs = await work.actors.refs(actor_id for part in parts for actor_id in _ids(part))
    said: dict[UUID, list[Saying]] = {}
    for saying in await work.confirmations.of(part.id for part in parts if isinstance(part, Membership | Initiative)):
        said.setdefault(saying.subject_id, []).append(saying)
    return [_shape(part, refs, said.get(part.id, [])) for part in parts]


async def one(work: Work, part: Record) -> Shaped:
    """A record as it is shown."""
    return (await shaped(work, [part]))[0]


async def many(work: Work, page: Listed[Any]) -> Listed[Any]:  # Any: one of the parts
    """A page of records as they are shown."""
    return Listed(await shaped(work, page.items), page.more_after, page.total)
