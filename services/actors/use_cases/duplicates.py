"""Find records that look like one organisation, in batches, and settle them."""

from uuid import UUID

from services.actors.model.duplicates import Pair, PairState, Traits, keys_of, pairs_among, traits_of
from services.actors.model.records import Actor
from services.actors.model.rights import check_may_edit_all
from services.actors.store.duplicates import PairChanged, StoredPair
from services.actors.work import Work

AT_ONCE = 200
"""Actors compared in one transaction: writers pass in between."""


async def index_some(work: Work) -> list[Actor]:
    """Keep the keys of the next actors whose present version was not compared yet; answers those actors."""
    actors = await work.duplicates.unseen(AT_ONCE)
    fresh = await _traits(work, [actor for actor in actors if not actor.archived])
    await work.duplicates.put_keys({traits.id: keys_of(traits) for traits in fresh}, [actor.id for actor in actors])
    return actors


async def compare(work: Work, actors: list[Actor]) -> list[Pair]:
    """The pairs of these actors with any that they meet under a key. It only reads, so that writers pass."""
    fresh = await _traits(work, [actor for actor in actors if not actor.archived])
    mine = {traits.id for traits in fresh}
    met = await work.duplicates.meeting(key for traits in fresh for key in keys_of(traits))
    return pairs_among(fresh, await _traits(work, [actor for actor in met if actor.id not in mine and not actor.archived]))


async def keep_pairs(work: Work, actors: list[Actor], pairs: list[Pair]) -> None:
    """Keep what was found, and that these versions were compared; an actor that left meanwhile is in no pair."""
    there = await work.actors.refs({actor_id for pair in pairs for actor_id in (pair.low_id, pair.high_id)})
    found = [pair for pair in pairs if pair.low_id in there and pair.high_id in there]
    await work.duplicates.put_pairs([actor.id for actor in actors], found, work.now)
    await work.duplicates.put_seen({actor.id: actor.version for actor in actors})


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
