"""Enter, change and archive actors."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import Conflict, invalid_field
from services.actors.model.provenance import Act
from services.actors.model.records import Actor, actor_id_of, changed
from services.actors.model.rights import ReviewedField, check_may_change, check_may_edit_all, edits_all
from services.actors.model.texts import slug_of
from services.actors.model.vocabulary import DECLARING_KINDS, ActorKind
from services.actors.store.records import ChangedMeanwhile
from services.actors.use_cases import recording
from services.actors.work import Work

REVIEWED = frozenset({"kind", "archived"})
"""Fields that only the registry's editors change."""


class KindIsUsed(Conflict):
    """Other records rest on the actor's kind."""


async def enter_actor(work: Work, given: Mapping[str, Any], slug: str | None) -> Actor:
    """Enter an organisation in the registry. Without a readable key one is made from its name (Any: values of Actor's fields)."""
    check_may_edit_all(work.caller)
    key = slug or slug_of(given["name"], ending=given.get("country") if given["kind"] in DECLARING_KINDS else None)
    if key is None:
        raise invalid_field("/slug", "missing", "Give a readable key; none can be made from a name without Latin letters.")
    actor = Actor(id=actor_id_of(key), slug=key, created_at=work.now, updated_at=work.now, **given)
    return await recording.enter(work, actor)


async def change_actor(work: Work, key: str, version: int, changes: Mapping[str, Any]) -> Actor:
    """Change the version that was read. A member changes only their own actor, and not what kind it is (Any: values of Actor's fields)."""
    actor = await work.actors.get(key)
    check_may_change(work.caller, actor.id)
    if not edits_all(work.caller) and REVIEWED & changes.keys():
        raise ReviewedField("What kind an organisation is, and whether it is archived, only the registry's editors decide.")
    if actor.version != version:
        raise ChangedMeanwhile("Somebody changed this record in the meantime; read it again.")
    other = changed(actor, changes, work.now)
    if other == actor:
        return actor
    if other.kind is not actor.kind:
        await check_kind_is_free(work, actor, other.kind)
    return await recording.alter(work, other, actor)


async def check_kind_is_free(work: Work, actor: Actor, kind: ActorKind) -> None:
    """Raise KindIsUsed when memberships or declarations need the kind that the actor has."""
    if actor.kind is ActorKind.NETWORK and await work.actors.has_members(actor.id):
        raise KindIsUsed("This network has members; remove them before it becomes something else.")
    if actor.kind in DECLARING_KINDS and kind not in DECLARING_KINDS and await work.actors.has_declared(actor.id):
        raise KindIsUsed("This municipality has declarations; remove them before it becomes something else.")


async def archive_actor(work: Work, key: str) -> Actor:
    """Take an actor out of lists, map and graph; its record stays readable. Archiving twice changes nothing."""
    check_may_edit_all(work.caller)
    actor = await work.actors.get(key)
    if actor.archived:
        return actor
    return await recording.alter(work, changed(actor, {"archived": True}, work.now), actor, act=Act.ARCHIVED)
