"""Services of other directories as offers: posted, changed, closed, refused; each telling is answered, whatever its order."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.testing import anonymous
from contracts.actors import ActorArchivedV1, ServiceImportedV1
from contracts.matching import OfferImportedV1, WeeklyWindow
from services.matching.vocabulary import load
from tests.matching.bench import CLUB, OTHER, World

OFFER = UUID("00000000-0000-5000-8000-00000000000f")


def service(**more: Any) -> ServiceImportedV1:
    fields: dict[str, Any] = {
        "offer_id": OFFER, "version": 1, "import_id": uuid4(), "line": 7, "source": "dora", "provider_actor_id": CLUB, "provider_version": 1,
        "category": "language.class", "title": {"fr": "Cours de français"}, "description": {"fr": "Petit groupe."}, "languages": ["fr"],
        "lat": 45.19, "lon": 5.72, "places": 12, "windows": [WeeklyWindow(day=1, from_minute=1080, to_minute=1200)],
        "valid_until": date(2027, 6, 30), "provides": ["free_of_charge"],
    }  # fmt: skip
    return ServiceImportedV1(**{**fields, **more})


async def answers(world: World) -> list[tuple[str, str | None]]:
    return [(event.outcome, event.code) for event in await world.bench.queued() if isinstance(event, OfferImportedV1)]


async def test_a_service_is_an_open_offer_of_its_organisation_and_is_answered(world: World) -> None:
    told = service()

    await world.bench.hear(told, times=2)

    offer = await world.get(anonymous(), f"/api/v1/offers/{OFFER}")
    assert (offer["state"], offer["unit"], offer["places"], offer["provider"]["actor_id"]) == ("open", "person", 12, str(CLUB))
    assert await answers(world) == [("created", None)]
    [answer] = [event for event in await world.bench.queued() if isinstance(event, OfferImportedV1)]
    assert (answer.import_id, answer.line, answer.version) == (told.import_id, 7, 1)


async def test_the_same_again_changes_nothing_and_another_telling_changes_the_same_offer(world: World) -> None:
    await world.bench.hear(service())

    await world.bench.hear(service(version=2))
    await world.bench.hear(service(version=3, places=8, title={"fr": "Cours du soir"}))

    offer = await world.get(anonymous(), f"/api/v1/offers/{OFFER}")
    assert await answers(world) == [("created", None), ("unchanged", None), ("changed", None)]
    assert (offer["version"], offer["places"], offer["title"]) == (3, 8, {"fr": "Cours du soir"})


async def test_older_news_changes_nothing_and_is_answered(world: World) -> None:
    await world.bench.hear(service(version=2, places=8))

    await world.bench.hear(service(version=1, places=12))

    assert await answers(world) == [("created", None), ("superseded", None)]
    assert (await world.get(anonymous(), f"/api/v1/offers/{OFFER}"))["places"] == 8


async def test_a_service_that_ended_closes_its_offer_which_no_import_opens_again(world: World) -> None:
    await world.bench.hear(service())

    await world.bench.hear(service(version=2, ended=True))
    await world.bench.hear(service(version=3))

    assert await answers(world) == [("created", None), ("closed", None), ("refused", "offer_closed")]
    assert (await world.get(world.coordinator, f"/api/v1/offers/{OFFER}"))["state"] == "closed"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"category": "zeppelins"}, "unknown_category"),
        ({"title": {"fr": "Appelez le 04 76 12 34 56"}}, "contains_phone_number"),
        ({"description": {"fr": "a@example.org"}}, "contains_email_address"),
        ({"lat": None, "lon": None}, "missing"),
        ({"places": 100_000}, "out_of_range"),
        ({"provides": ["blue_eyes"]}, "unknown_tag"),
    ],
)
async def test_what_no_offer_may_hold_is_refused_with_a_code(world: World, fields: dict[str, Any], code: str) -> None:
    await world.bench.hear(service(**fields))

    assert await answers(world) == [("refused", code)]
    assert (await world.bench.get(world.coordinator, f"/api/v1/offers/{OFFER}")).status_code == 404


async def test_an_import_does_not_take_an_offer_from_another_organisation(world: World) -> None:
    await world.bench.hear(service())

    await world.bench.hear(service(version=2, provider_actor_id=OTHER))

    assert await answers(world) == [("created", None), ("refused", "other_provider")]


async def test_an_organisation_that_nobody_told_of_yet_is_known_by_its_service_but_an_archived_one_stays_away(world: World) -> None:
    await world.bench.hear(service(provider_actor_id=uuid4()))
    await world.bench.hear(ActorArchivedV1(actor_id=CLUB, version=5, slug="club", kind="civil_society", name="A", archived=True))

    await world.bench.hear(service(offer_id=uuid4()))

    assert await answers(world) == [("created", None), ("refused", "unknown_actor")]


async def test_what_people_did_with_an_imported_offer_stays(world: World) -> None:
    await world.bench.hear(service())
    offer = await world.get(world.coordinator, f"/api/v1/offers/{OFFER}")
    changed = {"title": {**offer["title"], "ar": "دروس"}}
    await world.bench.patch(world.coordinator, f"/api/v1/offers/{OFFER}", changed, version=offer["version"])
    await world.bench.post(world.coordinator, f"/api/v1/offers/{OFFER}/pause")

    await world.bench.hear(service(version=2, places=6))

    after = await world.get(world.coordinator, f"/api/v1/offers/{OFFER}")
    assert (after["state"], after["places"], after["title"]) == ("paused", 6, {"fr": "Cours de français", "ar": "دروس"})


def test_the_reviewed_table_speaks_of_categories_that_exist() -> None:
    import json
    from pathlib import Path

    table = json.loads((Path(__file__).parent.parent.parent / "services/actors/model/imports/categories.json").read_text("utf-8"))

    assert set(table.values()) <= set(load().categories)
