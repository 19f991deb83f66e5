"""The desk: what needs a coordinator now, each entry with what its line shows, in a fixed number of queries however long the list is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.paging import PageRequest
from services.matching.model.asks import Ask
from services.matching.model.case import Case
from services.matching.model.desk import DeskEntry, DeskKind, DeskScope
from services.matching.model.need import Need
from services.matching.model.offer import Offer
from services.matching.tables import MatchRow
from services.matching.use_cases.rights import MODERATORS, require
from services.matching.work import Work

OF_NEEDS = (DeskKind.ANSWER_MISSED, DeskKind.DECLINED, DeskKind.NOTHING_FITS, DeskKind.TO_CONFIRM)
OF_MATCHES = (DeskKind.ANSWER_DUE, DeskKind.NOT_BEGUN, DeskKind.NO_OUTCOME)
OF_CASES = (DeskKind.CONSENT_MISSING, DeskKind.QUIET)
OF_OFFERS = (DeskKind.TO_APPROVE, DeskKind.REVIEW_DUE)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """An entry with what it is about. `score` is that of the best proposal, whose offer is `offer`."""

    entry: DeskEntry
    need: Need | None = None
    match: MatchRow | None = None
    case: Case | None = None
    offer: Offer | None = None
    ask: Ask | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One page of the desk."""

    lines: list[DeskLine]
    more_after: tuple[object, ...] | None
    counts: Mapping[DeskKind, int]


async def read_desk(work: Work, page: PageRequest, scope: DeskScope, kinds: Sequence[DeskKind]) -> Desk:
    """One page of what needs the caller now."""
    require(work.caller, MODERATORS)
    found = await work.desk.page(work.caller, work.now, page, scope, kinds)
    ids = {group: [entry.id for entry in found.entries if entry.kind in group] for group in (OF_NEEDS, OF_MATCHES, OF_CASES, OF_OFFERS)}
    matches = {row.id: row for row in await work.matches.rows(ids[OF_MATCHES])}
    needs = await work.needs.many([*ids[OF_NEEDS], *(row.need_id for row in matches.values())])
    cases = await work.cases.many([*ids[OF_CASES], *(need.case_id for need in needs.values())])
    best = await work.desk.best(ids[OF_NEEDS])
    offers = await work.offers.many([*ids[OF_OFFERS], *(offer_id for offer_id, _ in best.values()), *(row.offer_id for row in matches.values())])
    asks = await work.asks.many([entry.id for entry in found.entries if entry.kind is DeskKind.ASKED])
    lines = []
    for entry in found.entries:
        match = matches.get(entry.id)
        need = needs.get(match.need_id if match else entry.id)
        offer_id, score = best.get(entry.id, (match.offer_id if match else entry.id, None))
        case = cases.get(need.case_id if need else entry.id)
        lines.append(DeskLine(entry, need, match, case, offers.get(offer_id), asks.get(entry.id), score))
    return Desk(lines, found.more_after, found.counts)
