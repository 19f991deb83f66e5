"""What is lacking over HTTP: exact for coordinators, rounded and fixed for the day for everybody else, computed when it is due."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from chassis.ids import new_id
from chassis.testing import account, anonymous, api_client
from services.matching.engine.scarcity.ask import ScarcityNotFound, find_lacking
from services.matching.engine.scarcity.figures import Total
from services.matching.engine.scarcity.profiles import ALL_WINDOWS, Asks
from services.matching.engine.scarcity.question import Findings, Question
from services.matching.engine.scarcity.worker import find_here
from services.matching.model.scarcity import Pace
from services.matching.tables import CaseRow
from services.matching.use_cases.scarcity import gather
from tests.matching.bench import CITY, World

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVENING = [{"day": 1, "from": "18:00", "to": "20:00"}]


def findings(needs: int, category: str = "legal.accompaniment") -> Findings:
    """As many needs alike, none with a place."""
    return find_here(Question((Asks(category, (("ar",),), ALL_WINDOWS, (45.18, 5.72), 1, 90),) * needs, (), ()), 1)


async def store(world: World, needs: int, computed_at: datetime = NOW, category: str = "legal.accompaniment") -> None:
    async with world.bench.service.open_work() as work:
        await work.scarcity.add(new_id(), computed_at, "default-1", findings(needs, category))


async def helped(world: World) -> None:
    """A need with an offer of its own, which took its only place."""
    offer, need = await world.an_offer(world.member, places=1), await world.a_need()
    await world.a_match(need, offer)


async def computed(world: World) -> None:
    """Let the timer run once."""
    await world.bench.run_timer("scarcity")


async def legal_needs(world: World, count: int, **more: Any) -> None:
    case = await world.a_case()
    for _ in range(count):
        body = {"category": "legal.accompaniment", "topics": [], "windows": EVENING, **more}
        await world.a_need(case, **body)


async def test_a_call_for_help_is_computed_from_needs_and_offers(either_world: World):
    world = either_world
    await legal_needs(world, 3)
    offer = await world.an_offer(category="legal.accompaniment", unit="hour", places=1, returns=False, topics=[], windows=EVENING)

    await computed(world)

    found = await world.get(world.coordinator, "/api/v1/scarcity")
    assert (found["rounded"], found["total"], found["weights"]) == (False, 1, "default-1")
    best = found["items"][0]
    assert best["sentence"] == (
        "One more offer is lacking: Going along to offices and courts, in Arabic, Tuesday, 18:00\N{EN DASH}23:00. Open needs that it would serve: 2."
    )
    assert (best["category"], best["languages"], best["weekday"], best["part"], best["area"]) == ("legal.accompaniment", ["ar"], 1, "evening", None)
    assert (best["open_needs"], best["free_places"], best["served_by_one_more"], best["at_least"]) == (3, 1, 2, False)
    assert best["shadow_price"] > 0
    async with world.bench.service.open_work() as work:
        prices = await work.scarcity.prices([UUID(offer["id"])])
    assert prices[UUID(offer["id"])] > 0


async def test_a_place_is_kept_free_for_needs_like_those_of_the_last_weeks(either_world: World, clock):
    """Four were helped lately, each with a place of their own; now two places are left, and one of them would do for a need of another kind."""
    world = either_world
    for _ in range(4):
        await helped(world)
    clock.forward(days=7)
    scarce = await world.an_offer(places=1)
    await world.an_offer(places=1, languages=["fr", "uk"])
    need = await world.a_need(languages=[{"code": "uk", "required": False}, {"code": "ar", "required": False}])

    await computed(world)

    await world.settled()
    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")
    advice = {item["offer_id"]: item["advice"] for item in found["items"]}
    assert len(advice) == 2
    assert advice.pop(scarce["id"])["advice"] == "keep_free"
    assert [other["advice"] for other in advice.values()] == ["take"]


async def test_needs_of_long_ago_and_of_households_that_were_removed_are_not_expected(either_world: World, clock):
    world = either_world
    await helped(world)
    clock.forward(days=40)
    need = await world.a_need()
    removed = await world.a_need()
    async with world.bench.service.open_work() as work:
        before = await gather(work)
        await work.session.execute(update(CaseRow).where(CaseRow.id == UUID(removed["case_id"])).values(blanked=True))

    clock.forward(days=20)
    async with world.bench.service.open_work() as work:
        now = await gather(work)

    assert (len(before.lately), len(now.lately), now.times) == (3, 1, 0.5)
    assert [each.id for each in now.lately] != [UUID(need["id"])]
    assert [(each.is_open, each.posted_at) for each in now.lately] == [(True, now.as_of)]


async def test_an_applied_round_has_it_computed_again_at_once(world: World, clock):
    await world.an_offer()
    await world.a_need()
    await computed(world)
    clock.forward(minutes=1)
    made = await world.make(world.coordinator, "/api/v1/rounds", {"seconds": 1}, 202)
    await world.bench.run_timer("solve rounds")

    await world.do(world.coordinator, made, "rounds", "apply")
    await computed(world)

    async with world.bench.service.open_work() as work:
        assert await work.scarcity.last_at() == clock()


async def test_an_empty_hub_computes_nothing_and_says_so(world: World):
    await computed(world)

    found = await world.get(world.coordinator, "/api/v1/scarcity")

    assert (found["items"], found["computed_at"]) == ([], None)


async def test_it_is_computed_again_when_something_changed_and_asked_for_or_rested(world: World, clock, monkeypatch):
    asked: list[int] = []

    async def count(question: Question, _: float) -> Findings:
        asked.append(len(question.asks))
        return find_here(question, 1)

    monkeypatch.setattr("services.matching.timers.find_lacking", count)
    await legal_needs(world, 1)
    await computed(world)
    clock.forward(minutes=5)
    await legal_needs(world, 1)
    await computed(world)
    too_early = list(asked)
    clock.forward(minutes=11)
    await computed(world)
    clock.forward(minutes=16)
    await computed(world)
    unchanged = list(asked)
    await world.make(world.coordinator, "/api/v1/scarcity/refresh", None, 202)
    await computed(world)
    await computed(world)
    wanted = list(asked)
    clock.forward(days=1)
    await computed(world)

    assert (too_early, unchanged, wanted, asked) == ([1], [1, 2], [1, 2, 2], [1, 2, 2, 2])


async def test_after_a_failure_it_rests(world: World, clock, monkeypatch):
    async def fail(_: Question, __: float) -> Findings:
        raise ScarcityNotFound("No.")

    monkeypatch.setattr("services.matching.timers.find_lacking", fail)
    await legal_needs(world, 1)
    with pytest.raises(ScarcityNotFound):
        await computed(world)

    await computed(world)

    assert world.bench.service.resources.pace.failed_at == clock()


@pytest.mark.parametrize(
    ("last", "changed", "due"),
    [(None, False, True), (14, True, False), (15, True, True), (15, False, False), (60 * 24, False, True)],
)
def test_when_it_is_due(last, changed, due):
    pace = Pace()

    found = pace.is_due(NOW, NOW - timedelta(minutes=last) if last is not None else None, changed)

    assert found is due
    assert Pace(wanted=True).is_due(NOW, NOW, changed=False)
    assert not Pace(failed_at=NOW).is_due(NOW + timedelta(minutes=14), None, changed=True)


async def test_a_worker_that_does_not_answer_is_given_up():
    with pytest.raises(ScarcityNotFound):
        await find_lacking(Question((), (), ()), 1, patience=0.01)


@pytest.mark.parametrize("who", ["anonymous", "volunteer", "member", "observer", "client"])
async def test_everybody_else_reads_rounded_figures_without_prices(world: World, who):
    await store(world, 23)
    callers = {"anonymous": anonymous(), "client": api_client("statistics")}

    found = await world.get(callers.get(who) or getattr(world, who), "/api/v1/scarcity")

    assert found["rounded"] is True
    assert [(item["served_by_one_more"], item["open_needs"], item["free_places"], item["shadow_price"]) for item in found["items"]] == [
        (25, 25, None, None)
    ] * found["total"]
    assert found["items"][0]["sentence"].endswith("Open needs that it would serve at the hours they ask for, rounded: 25.")


async def test_small_groups_are_not_published(world: World):
    await store(world, 9)

    found = await world.get(anonymous(), "/api/v1/scarcity")
    history = await world.get(anonymous(), "/api/v1/scarcity/history")

    assert found["items"] == []
    assert [(item["open_needs"], item["without_place"]) for item in history["items"]] == [(None, None)]


async def test_what_is_published_is_fixed_for_the_day(either_world: World, clock):
    world = either_world
    await store(world, 12, NOW - timedelta(days=2))
    await store(world, 20, NOW - timedelta(hours=10))
    await store(world, 40, NOW)

    public = await world.get(anonymous(), "/api/v1/scarcity")
    exact = await world.get(world.coordinator, "/api/v1/scarcity")
    clock.forward(days=1)
    tomorrow = await world.get(anonymous(), "/api/v1/scarcity")

    assert [found["items"][0]["served_by_one_more"] for found in (public, exact, tomorrow)] == [20, 40, 40]


async def test_the_first_day_publishes_its_first_computation(world: World):
    await store(world, 12, NOW - timedelta(hours=2))
    await store(world, 40, NOW)

    found = await world.get(anonymous(), "/api/v1/scarcity")

    assert found["items"][0]["served_by_one_more"] == 10


async def test_totals_over_time_are_exact_for_coordinators_and_daily_for_others(either_world: World):
    world = either_world
    for needs, computed_at in ((12, NOW - timedelta(days=1, hours=3)), (31, NOW - timedelta(days=1)), (33, NOW)):
        await store(world, needs, computed_at)

    exact = await world.get(world.admin, "/api/v1/scarcity/history?category=legal")
    other = await world.get(world.admin, "/api/v1/scarcity/history?category=housing&limit=1")
    public = await world.get(anonymous(), "/api/v1/scarcity/history")

    assert [item["open_needs"] for item in exact["items"]] == [33, 31, 12]
    assert [item["open_needs"] for item in other["items"]] == [0]
    assert [(item["open_needs"], item["without_place"], item["free_places"]) for item in public["items"]] == [(30, 30, None)]
    assert (exact["rounded"], public["rounded"], exact["category"], public["category"]) == (False, True, "legal", None)


async def test_old_computations_and_prices_go(either_world: World):
    world = either_world
    offer = UUID((await world.an_offer())["id"])
    await store(world, 3, NOW - timedelta(days=31))
    await store(world, 4, NOW)

    async with world.bench.service.open_work() as work:
        await work.scarcity.forget(NOW - timedelta(days=30))
        await work.scarcity.put_prices({offer: 70, new_id(): 5}, NOW)
    async with world.bench.service.open_work(reading=True) as work:
        kept, prices = await work.scarcity.recent(10), await work.scarcity.prices([offer])
    async with world.bench.service.open_work() as work:
        await work.scarcity.put_prices({offer: 0}, NOW)
    async with world.bench.service.open_work(reading=True) as work:
        later = await work.scarcity.prices([offer])

    assert [made.totals[""] for made in kept] == [Total(4, 4, 0)]
    assert (prices, later) == ({offer: 70}, {})


async def test_only_the_last_computation_keeps_its_figures(world: World):
    await store(world, 3, NOW - timedelta(hours=1))
    await store(world, 4, NOW)

    async with world.bench.service.open_work(reading=True) as work:
        newest, before = await work.scarcity.recent(10)

    assert (bool(newest.figures), bool(before.figures), bool(before.totals)) == (True, False, True)


async def test_figures_can_be_asked_for_by_category_and_language(world: World):
    await store(world, 4)
    paths = ("category=legal", "category=housing", "language=ar-EG", "language=fr", "category=legal&limit=1")

    found = [await world.get(world.coordinator, f"/api/v1/scarcity?{path}") for path in paths]

    assert [answer["total"] for answer in found] == [1, 0, 1, 0, 1]


@pytest.mark.parametrize(
    "path", ["?limit=0", "?limit=101", "?category=No!", "?language=x", "/history?limit=501", "/history?category=%00", "?limit=99999999999999999999"]
)
async def test_bad_questions_are_refused(world: World, path):
    response = await world.bench.get(world.coordinator, f"/api/v1/scarcity{path}")

    assert response.status_code == 422


@pytest.mark.parametrize(
    ("who", "status"),
    [("anonymous", 401), ("volunteer", 403), ("member", 403), ("observer", 403), ("client", 403), ("admin", 202), ("coordinator", 202)],
)
async def test_only_coordinators_and_administrators_have_it_computed(world: World, who, status):
    callers = {"anonymous": anonymous(), "client": api_client("statistics", "matches")}

    response = await world.bench.post(callers.get(who) or getattr(world, who), "/api/v1/scarcity/refresh", None)

    assert response.status_code == status
    assert world.bench.service.resources.pace.wanted is (status == 202)


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "uk", "ar"])
async def test_the_sentence_is_in_the_readers_language(world: World, language):
    await store(world, 4)

    found = await world.get(account("coordinator", actor=CITY, locale=language), "/api/v1/scarcity")

    sentence = found["items"][0]["sentence"]
    assert "{" not in sentence
    assert ("One more" in sentence) is (language == "en")
