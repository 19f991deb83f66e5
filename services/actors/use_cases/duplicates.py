"""Find records that look like one organisation, in batches, and settle them."""

from uuid import UUID

from services.actors.model.duplicates import PairState, Traits, keys_of, pairs_among, traits_of
from services.actors.model.records import Actor
from services.actors.model.rights import check_may_edit_all
from services.actors.store.duplicates import PairChanged, StoredPair
from services.actors.work import Work

AT_ONCE = 200
"""Actors compared in one transaction: writers pass in between."""


async def compare_some(work: Work) -> bool:
    """Compare the next actors whose present version was not compared yet; answers whether there may be more."""
    actors = await work.duplicates.unseen(AT_ONCE)
    if not actors:
        return False
    living = [actor for actor in actors if not actor.archived]
    fresh = await _traits(work, living)
    keys = {traits.id: keys_of(traits) for traits in fresh}
    await work.duplicates.put_keys({**keys}, {actor.id: actor.version for actor in actors})
    met = await work.duplicates.meeting(key for some in keys.values() for key in some)
    others = await _traits(work, [actor for actor in met if actor.id not in keys and not actor.archived])
    pairs = pairs_among(fresh, others)
    await work.duplicates.put_pairs([actor.id for actor in actors], pairs, work.now)
    return len(actors) == AT_ONCE


async def _traits(work: Work, actors: list[Actor]) -> list[Traits]:
    identifiers = await work.identifiers.of_many(actor.id for actor in actors)
    return [traits_of(actor, identifiers.get(actor.id, ())) for actor in actors]


async def settle(work: Work, pair_id: UUID, version: int, state: PairState) -> StoredPair:
    """Say that two records are not one organisation, or ask again. For the registry's editors."""
    check_may_edit_all(work.caller)
    pair = await work.duplicates.get(pair_id)
    if pair.version != version or pair.state is PairState.MERGED:
        raise PairChanged("Somebody decided about these two in the meantime; read it again.")
    if pair.state is not state:
        await work.duplicates.settle(pair, state, version, work.now)
        await work.audit.record(f"duplicate.{state.value}", "duplicate", pair.id)
    return await work.duplicates.get(pair_id)
