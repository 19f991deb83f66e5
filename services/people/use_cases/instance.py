"""The settings of the hub: read by everybody, changed by administrators, told to all services at each change."""

from collections.abc import Mapping
from typing import Any

from chassis.errors import PreconditionFailed, invalid_field
from chassis.outbox import Audience
from contracts.instance import InstanceState, Logo
from contracts.people import InstanceChangedV1
from contracts.roles import Role
from services.people.model.logo import Picture
from services.people.store.instance import Kept
from services.people.use_cases.callers import signed_in
from services.people.work import Work

ADMINS = Audience(roles=("admin",))


async def read_settings(work: Work) -> Kept:
    """What was chosen; what the environment fixed counts as never chosen."""
    kept = await work.instance.kept()
    return Kept(kept.version, _free(work, kept.state), kept.updated_at)


async def see_settings(work: Work) -> Kept:
    """The same with what is not for everybody: for administrators. Raises NotForYourRole."""
    await signed_in(work, Role.ADMIN)
    return await read_settings(work)


async def change_settings(work: Work, version: int, chosen: Mapping[str, Any]) -> Kept:  # Any: values of many types
    """Choose, or (with None) go back to the environment. Raises PreconditionFailed, Invalid, TextTooLong."""
    await signed_in(work, Role.ADMIN)
    for name in chosen:
        if name in work.settings.instance_fixed:
            raise invalid_field(f"/{name}", "fixed", "This setting is fixed by the environment of the installation and cannot be changed here.")
    for actor_id in chosen.get("trusted_actors") or ():
        if not await work.actors.is_open(actor_id):
            raise invalid_field("/trusted_actors", "unknown_actor", "Choose organisations of the registry.")
    before = await _for_writing(work, version)
    after = {**before.state, **chosen}
    languages, default = after.get("languages"), after.get("default_language")
    if languages and default and default not in languages:
        raise invalid_field("/default_language", "not_offered", "The first language must be one of the languages that are offered.")
    return await _keep(work, before, after, ",".join(sorted(chosen)))


async def change_logo(work: Work, version: int, picture: Picture | None) -> Kept:
    """Another picture, or none. Raises PreconditionFailed, Invalid."""
    await signed_in(work, Role.ADMIN)
    if "logo" in work.settings.instance_fixed:
        raise invalid_field("/image", "fixed", "This setting is fixed by the environment of the installation and cannot be changed here.")
    before = await _for_writing(work, version)
    if picture is None:
        await work.instance.drop_logo()
        return await _keep(work, before, {**before.state, "logo": None}, "logo")
    await work.instance.put_logo(picture, work.now)
    logo = Logo(sha256=picture.sha256, media_type=picture.media_type, width=picture.width, height=picture.height)
    return await _keep(work, before, {**before.state, "logo": logo}, "logo")


async def _for_writing(work: Work, version: int) -> Kept:
    before = await work.instance.kept(to_write=True)
    if before.version != version:
        raise PreconditionFailed("Somebody changed the settings in the meantime; read them again.")
    return before


async def _keep(work: Work, before: Kept, state: Mapping[str, Any], names: str) -> Kept:  # Any: as above
    chosen = InstanceState.model_validate({**_free(work, state), "version": before.version + 1})
    await work.keep_choices(chosen)
    event = InstanceChangedV1.model_validate(chosen.model_dump())
    await work.outbox.add(event, ADMINS)
    await work.audit.record("instance.changed", "instance", event.instance_id, version=event.version, settings=names[:300])
    return await read_settings(work)


def _free(work: Work, state: Mapping[str, Any]) -> dict[str, Any]:  # Any: as above
    return {name: value for name, value in state.items() if value is not None and name not in work.settings.instance_fixed}
