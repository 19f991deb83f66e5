"""Presets of weights: made once, then used or not. Choosing one computes every open need's proposals anew."""

from services.matching.engine.weights import Weights
from services.matching.model.weights import Preset
from services.matching.store.rounds import caller_key
from services.matching.use_cases.proposing import PROPOSE
from services.matching.use_cases.rights import ADMINISTRATORS, require
from services.matching.work import Work, weights_subject


async def make_weights(work: Work, weights: Weights, note: str) -> Preset:
    """An administrator names new weights; nothing is computed with them before they are chosen."""
    require(work.caller, ADMINISTRATORS)
    preset = Preset(weights, note, created_by=caller_key(work.caller), created_at=work.now).checked()
    await work.weights.add(preset, work.now)
    await work.audit.record("weights.made", "weights", weights_subject(weights.version), **weights.parts)
    return preset


async def use_weights(work: Work, version: str) -> Preset:
    """An administrator chooses the weights in use: every replica's index follows, and every open need waits for its proposals to be computed
    with them. Matches and rounds that were made keep the name of theirs. Choosing what is in use already changes nothing."""
    require(work.caller, ADMINISTRATORS)
    before = await work.weights.get(version)
    if before.in_use:
        return before
    instead_of = await work.weights.in_use()
    await work.weights.use(before, work.now)
    await work.changes.note("weights", weights_subject(version), work.now)
    await work.proposals.keep_others_out()
    await work.needs.mark_open_stale()
    work.wake(PROPOSE)
    await work.audit.record("weights.used", "weights", weights_subject(version), version=version, instead_of=instead_of.version)
    return await work.weights.get(version)
