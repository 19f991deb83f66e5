"""The index that each process keeps in memory, fresh from the change table."""

import asyncio
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.identity import SYSTEM
from services.matching.engine.index import Index
from services.matching.engine.types import NeedFacts
from services.matching.engine.weights import DEFAULT, Weights
from services.matching.engine.workers import ROOT, worker_environment
from services.matching.model.case import Case
from services.matching.model.need import Need
from services.matching.store.changes import Change

if TYPE_CHECKING:
    from services.matching.work import Work

MOST_CHANGES = 20_000
"""Changes that are read at once."""
FEW_CHANGES = 200
"""Changes that are read while somebody waits for an answer."""
BRIEFLY = 0.05
"""Seconds for which somebody who is waited for waits while others read; reading a few changes takes a few milliseconds."""
MOST_EXPECTED = 1_000
"""Posted needs that are remembered until their changes are read."""


class LearnsTooEarly(RuntimeError):
    """An index was to be read within a transaction that changed something itself."""


class IndexKeeper:
    """The index of this process. It is brought up to date from committed changes, before anything of a transaction is written."""

    def __init__(self, large_from: int = 5_000, weights: Weights = DEFAULT) -> None:
        self.weights = weights
        self.index = Index(weights)
        self._large_from = large_from
        self._place = -1
        self._seen: set[int] = set()
        self._expected: dict[UUID, tuple[int, NeedFacts]] = {}
        self._lock = asyncio.Lock()
        self._building = False

    async def refresh(self, work: "Work") -> Index:
        """Read what changed since, or everything at first; answers the index. Raises LearnsTooEarly."""
        _must_not_have_written(work)
        async with self._lock:
            if self._place < 0 or self._outgrown:
                await self._build(work)
            else:
                await self._follow(work)
        return self.index

    async def refresh_soon(self, work: "Work") -> Index | None:
        """As `refresh`, for somebody who waits: None where there is much to read first, or others read for longer than `BRIEFLY`. Raises
        LearnsTooEarly."""
        _must_not_have_written(work)
        # Whoever waits here keeps a connection of the database meanwhile, and all of them together every one.
        if self._building or not await self._turn():
            return None
        try:
            if self._place < 0 and await work.offers.count_open() < self._large_from:
                await self._build(work)
            elif self._place < 0 or self._outgrown or not await self._follow(work, at_most=FEW_CHANGES):
                return None
        finally:
            self._lock.release()
        return self.index

    async def _turn(self) -> bool:
        """Hold the lock, or give up after a moment (False)."""
        try:
            async with asyncio.timeout(BRIEFLY):
                return await self._lock.acquire()
        except TimeoutError:
            return False

    def expect(self, number: int, facts: NeedFacts) -> None:
        """A need is being posted by this process, under that number of its change: once the change is read, and is its only one, the need itself need
        not be read. Nothing is known of it before, for the transaction may still be rolled back."""
        self._expected[facts.id] = number, facts
        if len(self._expected) > MOST_EXPECTED:
            del self._expected[next(iter(self._expected))]

    @property
    def _outgrown(self) -> bool:
        return len(self.index.offers) >= self._large_from and type(self.index) is Index

    async def _build(self, work: "Work") -> None:
        self._building = True
        try:
            await self._read_everything(work)
        finally:
            self._building = False

    async def _read_everything(self, work: "Work") -> None:
        place = await work.changes.place()
        self.weights = await work.weights.in_use()
        index = await self._empty(await work.offers.count_open())
        async for offer in work.offers.all_open():
            index.put_offer(offer.facts())
        needs = await work.needs.all_open(SYSTEM)
        for facts in await need_facts(work, needs):
            index.put_need(facts)
        for key, record in (await work.matches.records()).items():
            index.put_record(key, record)
        for case_id, helpers in (await work.matches.helpers()).items():
            index.put_helpers(case_id, helpers)
        for need_id, offers in (await work.matches.tried()).items():
            for offer_id in offers:
                index.put_tried(need_id, offer_id)
        self.index, self._place = index, place

    async def _empty(self, offers: int) -> Index:
        """An index for so many offers. The compiled one is loaded only by a hub that is large, and compiled beside the service, once a machine."""
        if offers < self._large_from:
            return Index(self.weights)
        command = (sys.executable, "-m", "services.matching.engine.columns.large")
        compiling = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=worker_environment(), stdin=asyncio.subprocess.DEVNULL)
        await compiling.wait()
        from services.matching.engine.columns.large import LargeIndex

        return LargeIndex(self.weights)

    async def _follow(self, work: "Work", at_most: int | None = None) -> bool:
        """Read what was noted since, in portions; or nothing, where fewer may be read than there are (False). The next time it is read from the place
        where this reading began, for what was noted meanwhile with a lower number may not have been there yet; what was read twice is known by its
        number."""
        next_place, seen, after = self._place, set[int](), None
        most = at_most or MOST_CHANGES
        while True:
            changes, place = await work.changes.since(self._place, most, after)
            if at_most and len(changes) == most:
                return False
            if after is None:
                next_place = place
            if fresh := self._without_expected([each for each in changes if each.seq not in self._seen]):
                await self._load(work, fresh)
            seen.update(each.seq for each in changes if each.at_place >= next_place)
            if len(changes) < most:
                break
            after = changes[-1]
        self._place, self._seen = next_place, seen
        return True

    def _without_expected(self, changes: Sequence[Change]) -> set[tuple[str, UUID]]:
        """What is to be read of what changed. A need that this process posted, and that nothing else has touched since, is taken as it was posted:
        who else touched it, or its case, has noted that later, and so it is among these changes or among those that are read the next time."""
        fresh = {(each.kind, each.subject_id) for each in changes}
        numbers: dict[UUID, list[int]] = {}
        for each in changes if self._expected else ():
            if each.kind == "need" and each.subject_id in self._expected:
                numbers.setdefault(each.subject_id, []).append(each.seq)
        for need_id, seqs in numbers.items():
            number, facts = self._expected.pop(need_id)
            if seqs == [number] and ("case", facts.case_id) not in fresh:
                self.index.put_need(facts)
                fresh.discard(("need", need_id))
        return fresh

    async def _load(self, work: "Work", changed: set[tuple[str, UUID]]) -> None:
        ids: dict[str, list[UUID]] = {"offer": [], "need": [], "case": [], "provider": [], "weights": []}
        for kind, subject in changed:
            ids[kind].append(subject)
        offers = await work.offers.many(ids["offer"])
        for offer_id in ids["offer"]:
            if offer_id in offers and offers[offer_id].state != "closed":
                self.index.put_offer(offers[offer_id].facts())
            else:
                self.index.remove_offer(offer_id)
        await self._load_needs(work, ids["need"], ids["case"], matched=bool(ids["provider"]))
        if ids["provider"]:
            for key, record in (await work.matches.records(ids["provider"])).items():
                self.index.put_record(key, record)
        if ids["weights"]:
            self.weights = await work.weights.in_use()
            self.index.use_weights(self.weights)

    async def _load_needs(self, work: "Work", need_ids: list[UUID], case_ids: list[UUID], *, matched: bool) -> None:
        needs = await work.needs.many(need_ids)
        for case_id in case_ids:
            needs.update({need.id: need for need in await work.needs.of_case(case_id)})
        if matched:
            # What a match provides may count for the needs that link to the matched one.
            needs.update({need.id: need for need in await work.needs.linking(list({need.case_id for need in needs.values()}))})
        for facts in await need_facts(work, list(needs.values())):
            self.index.put_need(facts) if facts.is_open else self.index.remove_need(facts.id)
        for need_id, tried in (await work.matches.tried(list(needs))).items():
            for offer_id in tried:
                self.index.put_tried(need_id, offer_id)
        cases = list({need.case_id for need in needs.values()})
        helpers = await work.matches.helpers(cases)
        for case_id in cases:
            self.index.put_helpers(case_id, helpers.get(case_id, set()))


def _must_not_have_written(work: "Work") -> None:
    if work.changes.written:
        raise LearnsTooEarly("This transaction changed something itself and may still be rolled back; no index may read it.")


async def facts_of(work: "Work", need: Need, case: Case) -> NeedFacts:
    """A need as the engine sees it, with what it takes over from its case and linked matches."""
    interpreted = await work.matches.interpreted({link.need_id for link in need.links})
    return need.facts(case, bool(interpreted))


async def need_facts(work: "Work", needs: list[Need]) -> list[NeedFacts]:
    """Needs as the engine sees them, with what they take over from their cases and linked matches."""
    if not needs:
        return []
    cases = await work.cases.many(need.case_id for need in needs)
    interpreted = await work.matches.interpreted({link.need_id for need in needs for link in need.links})
    return [need.facts(cases[need.case_id], any(link.need_id in interpreted for link in need.links)) for need in needs]
