"""What would have to change so that a need finds an offer: asked when it is read, on the rows as they are now."""

from dataclasses import dataclass
from uuid import UUID

from contracts.roles import Scope
from services.matching.engine.smallest import MOST_OFFERS, Change, smallest_changes
from services.matching.engine.types import Circumstances, Reason
from services.matching.model.need import NeedState
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.use_cases.wording import worded
from services.matching.work import Work, need_facts


@dataclass(frozen=True, slots=True)
class NeedChanges:
    """The smallest changes that would each give a need an offer, or another one; `looked_at` offers of its category were asked, `exact`: all."""

    changes: tuple[Change, ...]
    looked_at: int
    exact: bool


async def changes_for_need(work: Work, need_id: UUID) -> NeedChanges:
    """The smallest changes for a need, for coordinators of its case, API clients, and administrators. Looks at the `MOST_OFFERS` offers of the
    category that were posted last (open, full or paused), and is exact where there are no more. A need that is not open asks for nothing."""
    require(work.caller, MODERATORS, Scope.MATCHES)
    need = await work.needs.seen(need_id, work.caller, whole_hub=work.caller.role == "admin")
    if need.state is not NeedState.OPEN:
        return NeedChanges((), 0, True)
    facts = (await need_facts(work, [need]))[0]
    offers = await work.offers.of_category(facts.category, MOST_OFFERS + 1)
    tried = (await work.matches.tried([need.id])).get(need.id, set())
    looked_at = offers[:MOST_OFFERS]
    pairs = ((offer.facts(), Circumstances(work.now, tried=offer.id in tried)) for offer in looked_at)
    return NeedChanges(smallest_changes(facts, pairs), len(looked_at), len(offers) <= MOST_OFFERS)


def change_in_words(change: Change) -> str:
    """A change in the reader's language: what to do, step by step, and how many offers would then fit."""
    fits = (Reason("change.fits", (("offers", change.unlocks),)),) if change.unlocks else ()
    return " ".join(worded(reason) for reason in (*change.reasons, *fits))
