"""The index in memory follows the database: replicas agree, late news is computed once, and a marker storm overbooks nothing."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.testing import FakeDelivery, TestClock
from contracts.envelope import seal
from services.matching.work import IndexKeeper
from tests.matching.bench import World


async def index_of(world: World, keeper: IndexKeeper) -> tuple[Any, ...]:
    async with world.bench.service.open_work(SYSTEM, reading=True) as work:
        index = await keeper.refresh(work)
    offers = {key: offer for key, offer in index.offers.items()}
    return offers, {key: need for key, need in index.needs.items()}, index._helpers, set(index._tried), index._records


@pytest.mark.parametrize("large_from", [5_000, 0])
async def test_an_index_that_followed_equals_one_built_now(either_world: World, large_from: int) -> None:
    world = either_world
    keeper = world.bench.service.resources.keeper
    await index_of(world, keeper)
    offers = [await world.an_offer(places=3), await world.an_offer(world.member), await world.an_offer()]
    case = await world.a_case()
    needs = [await world.a_need(case) for _ in range(4)]
    declined, fulfilled = await world.a_match(needs[0], offers[0]), await world.a_match(needs[1], offers[1])
    await index_of(world, keeper)
    await world.do(world.volunteer, declined, "matches", "decline")
    for verb in ("accept", "start", "fulfil"):
        await world.do(world.member, fulfilled, "matches", verb)
    await world.do(world.volunteer, offers[2], "offers", "close")
    await world.do(world.coordinator, needs[3], "needs", "withdraw")

    followed, built = await index_of(world, keeper), await index_of(world, IndexKeeper(large_from=large_from))

    assert followed[0] == built[0] and followed[1] == built[1]
    assert {key: value for key, value in followed[2].items() if value} == {key: value for key, value in built[2].items() if value}
    assert (followed[3], followed[4]) == (built[3], built[4])


async def test_two_replicas_propose_the_same(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind) as first, open_world(database_kind, url=first.url) as second:
        await index_of(second, second.bench.service.resources.keeper)
        offer, need = await first.an_offer(), await first.a_need(await first.a_case())
        await first.do(first.volunteer, offer, "offers", "pause")
        await first.do(first.volunteer, offer, "offers", "resume")

        await second.bench.hear_own()

        assert await first.proposed(need) == [offer["id"]]


async def test_late_news_is_left_to_the_timer_which_computes_each_need_once(world: World, clock: TestClock) -> None:
    need, offers = await world.a_need(), [await world.an_offer() for _ in range(3)]
    news = await world.bench.queued_with_envelopes()
    clock.forward(seconds=5)

    for envelope, event in news:
        raw = seal(event, event_id=envelope.id, occurred_at=envelope.time - timedelta(seconds=5), correlation_id=new_id())
        await world.bench.hear_raw(FakeDelivery(event.type_name, raw))
    waiting = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    await world.bench.run_timer("propose")

    ready = [event for event in await world.bench.queued() if event.type_name.endswith("proposals_ready.v1")]
    assert (waiting["fresh"], waiting["items"]) == (False, [])
    assert sorted(await world.proposed(need)) == sorted(offer["id"] for offer in offers)
    assert len(ready) == 1


async def test_an_offer_that_touches_many_needs_marks_them_and_the_timer_follows(world: World) -> None:
    case = await world.a_case()
    needs = [await world.a_need(case) for _ in range(7)]
    await world.bench.hear_own()
    offer = await world.an_offer(places=9)

    await world.bench.hear_own()
    marked = await world.get(world.coordinator, f"/api/v1/needs/{needs[0]['id']}/proposals")
    await world.bench.run_timer("propose")

    assert marked["fresh"] is False
    assert [await world.proposed(need) for need in needs] == [[offer["id"]]] * 7


async def test_sixty_four_confirmations_of_five_places_make_five_matches(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind, database_pool=20, database_busy_seconds=60) as world:
        offer, case = await world.an_offer(places=5), await world.a_case()
        needs = [await world.a_need(case) for _ in range(64)]
        bodies = [{"need_id": need["id"], "offer_id": offer["id"]} for need in needs]

        answers = await asyncio.gather(*(world.bench.post(world.coordinator, "/api/v1/matches", body) for body in bodies))

        assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 59
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"offer_is_full"}
        assert (await world.bench.audit_actions()).count("match.confirmed") == 5


@pytest.mark.storm
async def test_twenty_rounds_of_confirmations_and_releases_never_overbook(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind, database_pool=20, database_busy_seconds=60) as world:
        offer, case = await world.an_offer(places=5), await world.a_case()
        needs = [await world.a_need(case) for _ in range(64)]
        for _ in range(20):
            bodies = [{"need_id": need["id"], "offer_id": offer["id"]} for need in needs]
            answers = await asyncio.gather(*(world.bench.post(world.coordinator, "/api/v1/matches", body) for body in bodies))
            made = [answer.json() for answer in answers if answer.status_code == 201]
            left = (await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"]
            await asyncio.gather(*(world.do(world.coordinator, match, "matches", "cancel") for match in made))
            free = (await world.get(world.volunteer, f"/api/v1/offers/{offer['id']}"))["places_left"]
            assert (len(made), left, free) == (5, 0, 5)
            assert {answer.status_code for answer in answers} == {201, 409}


async def test_confirmations_rounds_and_answers_at_once_end_without_a_deadlock(open_world: Any, database_kind: str) -> None:
    async with open_world(database_kind, database_pool=20, database_busy_seconds=60) as world:
        offers = [await world.an_offer(places=3) for _ in range(3)]
        case = await world.a_case()
        needs = [await world.a_need(case) for _ in range(9)]
        matches = [await world.a_match(need, offer) for need, offer in zip(needs[:3], offers, strict=True)]
        plan = await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 2}, 202)
        await world.bench.run_timer("solve rounds")

        answers = await asyncio.gather(
            world.bench.post(world.coordinator, f"/api/v1/rounds/{plan['id']}/apply"),
            world.bench.hear_own(),
            *(world.bench.post(world.volunteer, f"/api/v1/matches/{match['id']}/decline") for match in matches),
            *(
                world.bench.post(world.coordinator, "/api/v1/matches", {"need_id": need["id"], "offer_id": offer["id"]})
                for need in needs[3:]
                for offer in offers
            ),
        )

        statuses = {answer.status_code for answer in answers if answer is not None}
        assert statuses <= {200, 201, 409}
        live = (await world.get(world.coordinator, "/api/v1/matches?state=live&limit=200"))["items"]
        for offer in offers:
            held = sum(match["size"] for match in live if match["offer_id"] == offer["id"])
            assert (await world.get(world.admin, f"/api/v1/offers/{offer['id']}"))["places_left"] == 3 - held
        assert len({UUID(match["need_id"]) for match in live}) == len(live)


async def test_a_hub_that_grows_large_changes_to_the_compiled_index_and_proposes_the_same(open_world: Any) -> None:
    async with open_world(large_from=3) as world:
        keeper = world.bench.service.resources.keeper
        offers = [await world.an_offer(), await world.an_offer(world.member)]
        need = await world.a_need()
        await world.settled()
        before = await world.proposed(need)
        kinds = [type(keeper.index).__name__]

        offers += [await world.an_offer(), await world.an_offer(world.member)]
        await world.settled()
        await world.do(world.volunteer, offers[0], "offers", "pause")
        await world.settled()

        kinds.append(type(keeper.index).__name__)
        assert kinds == ["Index", "LargeIndex"]
        assert set(before) == {offer["id"] for offer in offers[:2]}
        assert set(await world.proposed(need)) == {offer["id"] for offer in offers[1:]}
