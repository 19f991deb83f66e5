"""Replicas side by side: an index misses nothing that commits late and learns nothing that is rolled back, and proposals computed at once agree."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.ids import new_id
from contracts.matching import NeedProposalsReadyV1
from services.matching.engine.types import PartName
from services.matching.use_cases import cases, proposing
from services.matching.use_cases.weights import use_weights
from services.matching.work import IndexKeeper, LearnsTooEarly
from services.matching.work import keeper as index_keeper
from tests.matching.bench import World

Pair = tuple[World, World]
PARTS = dict.fromkeys([part.value for part in PartName], 10)


class RolledBack(Exception):
    """What a test raises to end a transaction without its effects."""


@pytest.fixture
async def replicas(open_world: Any, databases: Any) -> AsyncIterator[Pair]:
    """Two services on one PostgreSQL, each with its own index."""
    if databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    async with open_world("postgresql") as first, open_world("postgresql", url=first.url) as second:
        yield first, second


async def offers_in(world: World, keeper: IndexKeeper | None = None) -> set[str]:
    """The offers that take requests, as the index of a replica knows them now."""
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        index = await (keeper or world.bench.service.resources.keeper).refresh(work)
    return {str(key) for key, offer in index.offers.items() if offer.is_open}


async def pause_within(work: Any, offer: dict[str, Any]) -> None:
    """Pause an offer in a transaction that the test holds open."""
    before = await work.offers.get(UUID(offer["id"]), lock=True)
    await work.offers.save(before, before.pause(work.now))
    await work.changes.note("offer", before.id, work.now)


async def test_what_was_noted_early_and_committed_late_is_not_missed(replicas: Pair) -> None:
    first, second = replicas
    held, other = await first.an_offer(), await first.an_offer()
    await offers_in(second)

    async with first.bench.service.open_work(SYSTEM) as work:
        await pause_within(work, held)
        await first.do(first.volunteer, other, "offers", "pause")
        later = [await first.an_offer() for _ in range(3)]
        while_open = await offers_in(second)
        again = await offers_in(second)
    after = await offers_in(second)

    assert while_open == again == {held["id"], *(offer["id"] for offer in later)}
    assert after == {offer["id"] for offer in later}


async def test_what_is_rolled_back_is_never_learned(replicas: Pair) -> None:
    first, second = replicas
    offer = await first.an_offer()
    await offers_in(first)
    seen = []

    with suppress(RolledBack):
        async with first.bench.service.open_work(SYSTEM) as work:
            await pause_within(work, offer)
            later = await first.an_offer()
            seen += [await offers_in(first), await offers_in(second)]
            raise RolledBack
    seen += [await offers_in(first), await offers_in(second), await offers_in(first, IndexKeeper())]

    assert seen == [{offer["id"], later["id"]}] * 5


async def test_a_transaction_that_changed_something_feeds_no_index(either_world: World) -> None:
    offer = await either_world.an_offer()
    await offers_in(either_world)

    with pytest.raises(LearnsTooEarly):
        async with either_world.bench.service.open_work(SYSTEM) as work:
            await pause_within(work, offer)
            await work.resources.keeper.refresh(work)

    assert await offers_in(either_world) == {offer["id"]}


async def test_one_transaction_may_note_more_than_is_read_at_once(either_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_keeper, "MOST_CHANGES", 3)
    offers = [await either_world.an_offer() for _ in range(8)]
    await offers_in(either_world)

    async with either_world.bench.service.open_work(SYSTEM) as work:
        for offer in offers[:7]:
            await pause_within(work, offer)
    async with asyncio.timeout(20):
        after = await offers_in(either_world)

    assert after == {offers[7]["id"]}


async def test_an_offer_that_is_closed_while_proposals_with_it_are_computed_does_not_stay_among_them(replicas: Pair) -> None:
    first, second = replicas
    offer, need = await first.an_offer(), await first.a_need()
    await first.bench.hear_own()
    need_id = UUID(need["id"])
    async with second.bench.service.open_work(SYSTEM) as work:
        await work.proposals.replace({need_id: (1, [])}, work.now)

    async with second.bench.service.open_work(SYSTEM) as work:
        await work.needs.lock([need_id], proposing=True)
        index = await work.resources.keeper.refresh(work)
        verdicts = index.top_k(index.needs[need_id], 20, work.now)
        await first.do(first.volunteer, offer, "offers", "close")
        hearing = asyncio.create_task(first.bench.hear_own())
        await asyncio.sleep(0.3)
        await work.proposals.replace({need_id: (1, verdicts)}, work.now)
    await hearing

    assert [str(verdict.offer_id) for verdict in verdicts] == [offer["id"]]
    assert await first.proposed(need) == []


async def test_weights_that_are_chosen_while_a_need_is_posted_count_for_it(replicas: Pair) -> None:
    first, second = replicas
    await first.an_offer()
    case = await first.a_case()
    await first.make(first.admin, "/api/v1/weights", {"version": "alike-2", "note": "All alike.", "parts": PARTS})

    async with first.bench.service.open_work(first.admin) as work:
        await use_weights(work, "alike-2")
        need = await second.a_need(case)
        hearing = asyncio.create_task(second.bench.hear_own())
        await asyncio.sleep(0.3)
    await hearing
    await second.bench.run_timer("propose")

    items = (await first.get(first.coordinator, f"/api/v1/needs/{need['id']}/proposals"))["items"]
    assert [item["weights"] for item in items] == ["alike-2"]


async def test_an_offer_that_comes_while_a_need_is_being_posted_is_among_its_proposals(replicas: Pair) -> None:
    first, second = replicas
    case = await first.a_case()
    before = await first.a_need(case)
    await second.an_offer(audience="coordinators", category="language.literacy")

    async with first.bench.service.open_work(first.coordinator) as work:
        row = (await work.needs.many([UUID(before["id"])]))[UUID(before["id"])]
        need = await cases.post_need(work, replace(row, id=new_id()))
        offer = await second.an_offer()
        hearing = asyncio.create_task(second.bench.hear_own())
        await asyncio.sleep(0.3)
    await hearing

    assert await first.proposed({"id": str(need.id)}) == [offer["id"]]


async def test_two_replicas_that_compute_one_need_at_once_tell_one_set_of_proposals(replicas: Pair) -> None:
    first, second = replicas
    offer, need = await first.an_offer(), await first.a_need()

    async def compute(world: World) -> None:
        async with world.bench.service.open_work(SYSTEM) as work:
            proposing.propose_for_need(work, UUID(need["id"]))

    async with first.bench.service.open_work(SYSTEM) as work:
        proposing.propose_for_need(work, UUID(need["id"]))
        await work.finish()
        other = asyncio.create_task(compute(second))
        await asyncio.sleep(0.3)
    await other

    told = [event for event in await first.bench.queued() if isinstance(event, NeedProposalsReadyV1)]
    assert [(str(event.need_id), event.version) for event in told] == [(need["id"], 1)]
    assert await first.proposed(need) == [offer["id"]]


async def test_news_of_one_batch_is_settled_in_one_order_so_that_two_replicas_never_block_each_other(replicas: Pair) -> None:
    first, second = replicas
    case = await first.a_case()
    needs = sorted([await first.a_need(case) for _ in range(6)], key=lambda need: need["id"])
    await first.bench.hear_own()

    async def touch(world: World, ordered: list[dict[str, Any]]) -> None:
        for _ in range(15):
            async with world.bench.service.open_work(SYSTEM) as work:
                for need in ordered:
                    proposing.propose_for_need(work, UUID(need["id"]))

    await asyncio.gather(touch(first, needs), touch(second, needs[::-1]))

    assert [await first.proposed(need) for need in needs] == [[]] * 6


async def test_an_answer_lets_a_provider_climb_into_a_list_that_was_full_without_them(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind, proposals_kept=1) as world:
        answering, other = await world.an_offer(places=5), await world.an_offer(world.member, places=5)
        match = await world.a_match(await world.a_need(), answering)
        need = await world.a_need()
        await world.settled()
        while_asked = await world.proposed(need)

        await world.do(world.volunteer, match, "matches", "accept")
        await world.settled()

        assert (while_asked, await world.proposed(need)) == ([other["id"]], [answering["id"]])


async def test_an_interpreter_for_a_linked_need_opens_offers_and_their_loss_closes_them(either_world: World) -> None:
    world = either_world
    offer = await world.an_offer(languages=["fr"])
    interpreter = await world.an_offer(world.member, category="language.conversation", provides=["interpreter"], languages=["uk"])
    case = await world.a_case()
    languages = [{"code": "uk", "required": True}]
    helped = await world.a_need(case, category="language.conversation", languages=languages)
    need = await world.a_need(case, languages=languages, links=[{"kind": "together", "need_id": helped["id"]}])
    await world.settled()
    alone = await world.proposed(need)

    match = await world.a_match(helped, interpreter)
    await world.settled()
    linked = await world.proposed(need)
    later = await world.an_offer(languages=["fr"])
    await world.settled()
    more = await world.proposed(need)
    await world.do(world.coordinator, match, "matches", "cancel")
    await world.settled()

    assert (alone, linked, set(more)) == ([], [offer["id"]], {offer["id"], later["id"]})
    assert await world.proposed(need) == []
