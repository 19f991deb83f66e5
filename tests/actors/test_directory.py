"""The directory of open public offers: what matching tells comes in, once and in any order; anybody finds it; nothing of a person stays."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, select

from chassis.ids import derived_id, new_id
from chassis.testing import Bench, TestClock, anonymous
from contracts.matching import (
    OfferApprovedV1,
    OfferChangedV1,
    OfferClosedV1,
    OfferPausedV1,
    OfferPostedV1,
    OfferRefusedV1,
    OfferResumedV1,
    WeeklyWindow,
)
from contracts.people import PersonErasedV1
from services.actors.tables import DirectoryOfferRow, ledger

OFFER = derived_id("offer", "one")
SHOWN: dict[str, Any] = {
    "offer_id": OFFER, "version": 2, "state": "open", "category": "language.class", "audience": "public", "unit": "person", "places": 5,
    "places_left": 3, "returns": True, "title": {"en": "French class", "fr": "Cours de français"}, "description": {"en": "Every Monday."},
    "languages": ["fr", "pt-BR"], "lat": 45.19, "lon": 5.72, "radius_km": 8.0, "windows": [WeeklyWindow(day=0, from_minute=600, to_minute=720)],
    "posted_at": datetime(2026, 11, 20, 8, tzinfo=UTC), "provider_account_id": derived_id("account", "resident"),
}  # fmt: skip


def found(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_an_approved_offer_can_be_read_by_anybody_and_names_no_person(either_bench: Bench) -> None:
    await either_bench.hear(OfferApprovedV1(**SHOWN))

    listed = await either_bench.get(anonymous(), "/api/v1/directory")
    one = await either_bench.get(anonymous(), f"/api/v1/directory/{OFFER}")

    assert found(listed) == [str(OFFER)]
    assert one.json() == listed.json()["items"][0]
    assert one.json()["title"]["fr"] == "Cours de français"
    assert one.json()["provider"] is None
    assert one.headers["etag"] == '"2"'
    assert str(SHOWN["provider_account_id"]) not in one.text


async def test_an_offer_of_an_actor_names_the_actor(bench: Bench, an_actor: Any) -> None:
    actor = await an_actor("Accueil")
    await bench.hear(OfferApprovedV1(**{**SHOWN, "provider_account_id": None, "provider_actor_id": actor["id"]}))

    answer = await bench.get(anonymous(), "/api/v1/directory?actor=accueil")

    assert answer.json()["items"][0]["provider"]["name"] == "Accueil"


@pytest.mark.parametrize(
    "change", [{"audience": "coordinators"}, {"audience": "peers"}, {"state": "awaiting_moderation"}, {"state": "draft"}, {"title": None}]
)
async def test_what_is_not_public_and_approved_is_not_listed_nor_kept(bench: Bench, change: dict[str, Any]) -> None:
    await bench.hear(OfferPostedV1(**{**SHOWN, **change}))

    assert found(await bench.get(anonymous(), "/api/v1/directory")) == []
    assert (await bench.get(anonymous(), f"/api/v1/directory/{OFFER}")).status_code == 404
    async with bench.service.database.reading() as session:
        row = (await session.execute(select(DirectoryOfferRow))).scalars().one()
    assert (row.folded, row.lat, row.details) == ("", None, {"languages": []})


@pytest.mark.parametrize("end", [OfferClosedV1, OfferRefusedV1])
async def test_a_closed_or_refused_offer_leaves_with_its_text_and_late_news_does_not_bring_it_back(either_bench: Bench, end: type[Any]) -> None:
    await either_bench.hear(OfferApprovedV1(**SHOWN))

    await either_bench.hear(end(**{**SHOWN, "version": 4, "state": "closed", "title": None, "description": None, "lat": None, "lon": None}))
    await either_bench.hear(OfferChangedV1(**{**SHOWN, "version": 3}))

    assert found(await either_bench.get(anonymous(), "/api/v1/directory")) == []
    async with either_bench.service.database.reading() as session:
        row = (await session.execute(select(DirectoryOfferRow))).scalars().one()
    assert (row.version, row.folded, row.languages, row.lat) == (4, "", "", None)


async def test_a_repeated_event_changes_nothing(bench: Bench) -> None:
    delivery = await bench.hear(OfferApprovedV1(**SHOWN), times=3)

    assert delivery.outcome == ["ack", "ack", "ack"]
    assert found(await bench.get(anonymous(), "/api/v1/directory")) == [str(OFFER)]


async def test_paused_and_full_offers_are_flagged_and_shown_when_asked_for(bench: Bench) -> None:
    await bench.hear(OfferApprovedV1(**SHOWN))
    await bench.hear(OfferPausedV1(**{**SHOWN, "version": 3, "state": "paused"}))

    default = await bench.get(anonymous(), "/api/v1/directory")
    asked = await bench.get(anonymous(), "/api/v1/directory?state=paused&state=full")
    await bench.hear(OfferResumedV1(**{**SHOWN, "version": 4}))
    resumed = await bench.get(anonymous(), "/api/v1/directory")

    assert found(default) == []
    assert asked.json()["items"][0]["state"] == "paused"
    assert found(resumed) == [str(OFFER)]


HITS: list[tuple[str, bool | None]] = [
    ("category=language", True),
    ("category=language.class", True),
    ("category=lang", False),
    ("category=languageXclass", None),
    ("language=fr", True),
    ("language=PT", True),
    ("language=pt-br", True),
    ("language=uk", False),
    ("near=45.1885,5.7245&within_km=1", True),
    ("near=45.25,5.75&within_km=1", True),
    ("near=45.5,5.7&within_km=10", False),
    ("near=45.5,5.7&within_km=50", True),
    ("remote=true", False),
    ("remote=false", True),
    ("weekday=0", True),
    ("weekday=3", False),
    ("weekday=7", None),
    ("q=francais", True),
    ("q=monday+class", True),
    ("q=german", False),
    ("state=closed", None),
]
"""None: the query is refused."""


async def test_offers_are_found_by_what_one_looks_for(either_bench: Bench) -> None:
    await either_bench.hear(OfferApprovedV1(**SHOWN))

    answers = {query: await either_bench.get(anonymous(), f"/api/v1/directory?{query}") for query, _ in HITS}

    assert {query: None if answer.status_code == 422 else bool(found(answer)) for query, answer in answers.items()} == dict(HITS)


async def test_remote_offers_are_near_everywhere_and_offers_without_hours_count_for_every_day(bench: Bench) -> None:
    await bench.hear(OfferApprovedV1(**{**SHOWN, "remote": True, "lat": None, "lon": None, "radius_km": None, "windows": []}))

    answer = await bench.get(anonymous(), "/api/v1/directory?near=10,10&weekday=5")

    assert answer.json()["items"][0]["place"] is None


async def test_an_offer_whose_time_is_over_is_not_found(bench: Bench) -> None:
    await bench.hear(OfferApprovedV1(**{**SHOWN, "valid_until": date(2026, 11, 20)}))

    assert found(await bench.get(anonymous(), "/api/v1/directory")) == []


async def test_pages_of_the_directory_hold_every_offer_once_newest_first(either_bench: Bench) -> None:
    for number in range(7):
        await either_bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": new_id(), "posted_at": datetime(2026, 11, 1 + number // 3, tzinfo=UTC)}))
    seen: list[Any] = []
    path = "/api/v1/directory?limit=3"

    while path:
        answer = await either_bench.get(anonymous(), path)
        seen += answer.json()["items"]
        path = answer.headers.get("link", "").split(">")[0].lstrip("<")

    assert len({item["id"] for item in seen}) == len(seen) == 7
    assert [item["posted_at"] for item in seen] == sorted((item["posted_at"] for item in seen), reverse=True)


async def test_a_cursor_of_another_list_is_refused(either_bench: Bench) -> None:
    for _ in range(2):
        await either_bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": new_id()}))
    link = (await either_bench.get(anonymous(), "/api/v1/directory?limit=1")).headers["link"]
    cursor = link.split("cursor=")[1].split(">")[0]

    answer = await either_bench.get(anonymous(), f"/api/v1/actors?cursor={cursor}")

    assert answer.status_code == 422


async def test_withdrawn_offers_are_forgotten_when_no_news_can_be_on_its_way(bench: Bench, clock: TestClock) -> None:
    await bench.hear(OfferApprovedV1(**SHOWN))
    await bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": new_id(), "state": "closed", "title": None}))
    clock.forward(days=31)

    await bench.run_timer("forget withdrawn offers")

    async with bench.service.database.reading() as session:
        assert list((await session.execute(select(DirectoryOfferRow.id))).scalars()) == [OFFER]


async def test_an_erased_person_leaves_no_stored_answers(bench: Bench, clock: TestClock) -> None:
    person, other = new_id(), new_id()
    async with bench.service.database.writing() as session:
        for account_id in (person, other):
            row = {"principal": f"account:{account_id}", "key": "k", "fingerprint": "f", "claimed_at": clock()}
            await session.execute(insert(ledger.idempotency).values(**row))

    delivery = await bench.hear(PersonErasedV1(subject_kind="account", subject_id=person), times=2)
    await bench.hear(PersonErasedV1(subject_kind="case", subject_id=other))

    async with bench.service.database.reading() as session:
        kept = list((await session.execute(select(ledger.idempotency.c.principal))).scalars())
    assert kept == [f"account:{other}"]
    assert delivery.outcome == ["ack", "ack"]


async def test_offers_are_found_by_part_of_the_day_and_those_without_hours_at_any(either_bench: Bench) -> None:
    evening = derived_id("offer", "evening")
    windows = [WeeklyWindow(day=2, from_minute=1090, to_minute=1200)]
    await either_bench.hear(OfferApprovedV1(**SHOWN))
    await either_bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": evening, "windows": windows}))

    by_part = [found(await either_bench.get(anonymous(), f"/api/v1/directory?part={part}")) for part in ("morning", "afternoon", "evening")]
    on_day = [found(await either_bench.get(anonymous(), f"/api/v1/directory?part=evening&weekday={day}")) for day in (1, 2)]

    assert by_part == [[str(OFFER)], [], [str(evening)]] and on_day == [[], [str(evening)]]


async def test_the_most_useful_offers_come_first_with_their_distance_and_number(either_bench: Bench) -> None:
    far, spoken = derived_id("offer", "far"), derived_id("offer", "spoken")
    await either_bench.hear(OfferApprovedV1(**SHOWN))
    await either_bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": far, "lat": 45.25, "posted_at": datetime(2026, 11, 20, 9, tzinfo=UTC)}))
    await either_bench.hear(OfferApprovedV1(**{**SHOWN, "offer_id": spoken, "lat": 45.25, "languages": ["ar"]}))
    asked = "/api/v1/directory?order=useful&near=45.19,5.72&within_km=20&speaks=ar&limit=2"

    first = await either_bench.get(anonymous(), asked)
    rest = await either_bench.get(anonymous(), first.headers["link"].split("<")[1].split(">")[0])

    assert found(first) == [str(spoken), str(OFFER)] and found(rest) == [str(far)]
    assert first.json()["total"] == 3 and [item["distance_km"] for item in first.json()["items"]] == [6.7, 0.0]


async def test_an_order_that_there_is_not_is_refused(bench: Bench) -> None:
    answers = [await bench.get(anonymous(), f"/api/v1/directory?{query}") for query in ("order=best", "part=night", "order=useful&speaks=%00")]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
