"""A batch of news at matching: proposals are computed once at its end, and where one message fails the index keeps nothing of the batch."""

from typing import Any
from uuid import UUID

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.testing import FakeDelivery
from contracts.envelope import Event, seal
from contracts.matching import NeedProposalsReadyV1
from contracts.people import AccountDisabledV1, PersonErasedV1
from services.matching.events_in import account_changed
from services.matching.use_cases import proposing
from services.matching.work import IndexKeeper
from tests.matching.bench import World


async def own_news(world: World) -> list[FakeDelivery]:
    """All that matching told, as its own consumer would get it."""
    return [
        FakeDelivery(event.type_name, seal(event, event_id=envelope.id, occurred_at=envelope.time, correlation_id=envelope.correlationid))
        for envelope, event in await world.bench.queued_with_envelopes()
    ]


def from_outside(world: World, event: Event) -> FakeDelivery:
    return FakeDelivery(event.type_name, seal(event, event_id=new_id(), occurred_at=world.bench.service.clock(), correlation_id=new_id()))


async def receive(world: World, batch: list[FakeDelivery]) -> list[list[str]]:
    await world.bench.service.consumers()[0]._handle_batch(list(batch))  # type: ignore[arg-type]
    return [delivery.outcome for delivery in batch]


async def known_offers(world: World, keeper: IndexKeeper) -> dict[UUID, Any]:
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        return dict((await keeper.refresh(work)).offers)


async def test_a_batch_computes_each_need_once_however_much_of_it_touches_the_need(either_world: World) -> None:
    world = either_world
    offers = [await world.an_offer() for _ in range(4)]
    need = await world.a_need()

    outcomes = await receive(world, await own_news(world))

    told = [event for event in await world.bench.queued() if isinstance(event, NeedProposalsReadyV1)]
    assert {each[0] for each in outcomes} == {"ack"}
    assert [(str(event.need_id), event.version, event.count) for event in told] == [(need["id"], 1, 4)]
    assert set(await world.proposed(need)) == {offer["id"] for offer in offers}


async def test_proposals_are_told_on_behalf_of_the_news_that_touched_them(world: World) -> None:
    await world.an_offer()
    needs = [await world.a_need(), await world.a_need()]
    batch = [each for each in await own_news(world) if "need.posted" in each.subject]
    envelopes = [envelope for envelope, _ in await world.bench.queued_with_envelopes() if "need.posted" in envelope.type]
    posted = {envelope.subject: envelope.correlationid for envelope in envelopes}

    await receive(world, batch)

    told = {
        str(event.need_id): envelope.correlationid
        for envelope, event in await world.bench.queued_with_envelopes()
        if isinstance(event, NeedProposalsReadyV1)
    }
    assert told == posted and set(told) == {need["id"] for need in needs}


async def test_where_the_last_of_a_batch_fails_the_index_keeps_nothing_of_it_and_the_others_are_handled(either_world: World) -> None:
    world = either_world
    keeper = world.bench.service.resources.keeper
    paused, kept = await world.an_offer(), await world.an_offer(world.member)
    need = await world.a_need()
    await world.settled()
    seen = []

    async def look_and_fail(work: Any, event: PersonErasedV1) -> None:
        seen.append({str(key) for key, offer in keeper.index.offers.items() if offer.is_open})
        raise RuntimeError("never works")

    world.bench.service.handlers = {**world.bench.service.handlers, PersonErasedV1: look_and_fail}
    away = AccountDisabledV1(account_id=world.volunteer.id, version=2, role="volunteer", actor_id=None, locale="en", active=False)
    gone = PersonErasedV1(subject_kind="account", subject_id=new_id())

    outcomes = await receive(world, [from_outside(world, away), from_outside(world, gone)])
    await world.settled()

    assert outcomes == [["ack"], ["nak"]]
    assert seen == [{paused["id"], kept["id"]}] * 2
    assert await known_offers(world, keeper) == await known_offers(world, IndexKeeper())
    assert await world.proposed(need) == [kept["id"]]


async def test_news_that_changes_offers_among_news_that_reads_the_index_is_handled_without_the_index_learning_too_early(either_world: World) -> None:
    world = either_world
    keeper = world.bench.service.resources.keeper
    await world.an_offer()
    kept = await world.an_offer(world.member)
    need = await world.a_need()
    away = AccountDisabledV1(account_id=world.volunteer.id, version=2, role="volunteer", actor_id=None, locale="en", active=False)

    outcomes = await receive(world, [*await own_news(world), from_outside(world, away)])
    await world.settled()

    assert {each[0] for each in outcomes} == {"ack"}
    assert await world.proposed(need) == [kept["id"]]
    assert await known_offers(world, keeper) == await known_offers(world, IndexKeeper())


async def test_where_news_that_changes_offers_fails_at_the_end_of_a_batch_the_index_has_learned_nothing_of_it(either_world: World) -> None:
    world = either_world
    keeper = world.bench.service.resources.keeper
    offer, need = await world.an_offer(), await world.a_need()
    await known_offers(world, keeper)

    async def pause_and_fail_at_the_end(work: Any, event: AccountDisabledV1) -> None:
        async def fail() -> None:
            raise RuntimeError("never ends")

        work.before_commit("fail", fail)
        await account_changed(work, event)

    world.bench.service.handlers = {**world.bench.service.handlers, AccountDisabledV1: pause_and_fail_at_the_end}
    away = AccountDisabledV1(account_id=world.volunteer.id, version=2, role="volunteer", actor_id=None, locale="en", active=False)

    outcomes = await receive(world, [from_outside(world, away), *await own_news(world)])
    await world.settled()

    assert outcomes[0] == ["nak"] and {each[0] for each in outcomes[1:]} == {"ack"}
    assert await known_offers(world, keeper) == await known_offers(world, IndexKeeper())
    assert await world.proposed(need) == [offer["id"]]


async def test_a_need_that_is_touched_by_what_changes_in_the_same_transaction_waits_for_the_timer(world: World) -> None:
    await world.an_offer(world.member)
    need = await world.a_need()
    await world.settled()
    later = await world.an_offer(world.member)

    async with world.bench.service.open_work(SYSTEM) as work:
        await work.changes.note("offer", UUID(later["id"]), work.now)
        proposing.propose_for_need(work, UUID(need["id"]))
    waiting = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    await world.bench.run_timer("propose")

    assert (waiting["fresh"], len(waiting["items"])) == (False, 1)
    assert len(await world.proposed(need)) == 2


async def test_news_in_any_order_and_repeated_ends_in_the_same_proposals(either_world: World) -> None:
    world = either_world
    offers = [await world.an_offer() for _ in range(3)]
    need = await world.a_need()
    await world.do(world.volunteer, offers[0], "offers", "pause")
    await world.do(world.volunteer, offers[1], "offers", "close")
    batch = await own_news(world)

    await receive(world, [*batch[::-1], *[FakeDelivery(each.subject, each.data, delivered=2) for each in batch]])

    told = [event.version for event in await world.bench.queued() if isinstance(event, NeedProposalsReadyV1)]
    assert (await world.proposed(need), told) == ([offers[2]["id"]], [1, 2])
