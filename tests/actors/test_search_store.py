"""Searching, the same on both databases: any spelling and script, typing errors, order, former names, and pages while records change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from chassis.database import Database
from chassis.ids import derived_id
from chassis.paging import PageRequest
from chassis.testing import Databases
from services.actors.model.records import Actor
from services.actors.model.search import Sought, Tier, spelling
from services.actors.model.vocabulary import ActorKind
from services.actors.store.actors import ActorStore
from services.actors.store.revision import RevisionStore
from services.actors.store.search import Finder, SearchStore
from services.actors.tables import ActorRow, SearchTermRow

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def actor(name: str, **fields: Any) -> Actor:
    given: dict[str, Any] = {
        "kind": ActorKind.MUNICIPALITY,
        "slug": spelling(name).replace(" ", "-") or "x",
        "source": "https://example.org",
        **fields,
    }
    return Actor(id=derived_id("actor", name), name=name, created_at=NOW, updated_at=NOW, **given)


class Place:
    """A database with a registry to search in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def put(self, *actors: Actor, new: bool = True) -> None:
        async with self.database.writing() as session:
            store = ActorStore(session).records
            await (store.add_many(actors) if new else store.save_many(actors))
            search = SearchStore(session, NOW)
            await search.put_many(actors)
            revision = await RevisionStore(session).rise()
            if revision is not None:
                await search.stamp(revision)

    async def find(self, q: str, limit: int = 10) -> list[str]:
        async with self.database.reading() as session:
            return [hit.title for hit in (await Finder(session).page(PageRequest(limit, None), q, [])).items]


@pytest.fixture
async def place(databases: Databases, database_kind: str) -> AsyncIterator[Place]:
    database = Database(await databases.fresh(database_kind, "actors"))
    yield Place(database)
    await database.close()


SPELLINGS = [
    ("Łódź", ["Łódź", "Lodz", "lodz", "ŁÓDŹ"]),
    ("Köln", ["Köln", "Koeln", "Koln", "KOELN"]),
    ("Saint-Denis", ["Saint-Denis", "St Denis", "St. Denis", "saint denis", "saintdenis", "denis"]),
    ("Sankt Pölten", ["St. Pölten", "sankt poelten", "Sankt Polten"]),
    ("L'Haÿ-les-Roses", ["L'Haÿ-les-Roses", "lhay les roses", "L’Haÿ"]),
    ("Århus", ["Aarhus", "Århus", "arhus"]),
    ("Αθήνα", ["Αθήνα", "αθηνα", "Athina"]),
    ("Грозни", ["Грозни", "грозни", "Grozni"]),
    ("القاهرة", ["القاهرة"]),
    ("東京", ["東京", "dongjing"]),
    ("İstanbul", ["istanbul", "Istanbul", "ISTANBUL"]),
]


async def test_a_name_is_found_in_any_spelling_and_script(place: Place) -> None:
    await place.put(*(actor(name, slug=f"place-{at}") for at, (name, _) in enumerate(SPELLINGS)))

    for name, asked in SPELLINGS:
        for q in asked:
            assert name in await place.find(q), f"{q} should find {name}"


async def test_typing_errors_are_forgiven_in_longer_words(place: Place) -> None:
    await place.put(*map(actor, ("Grenoble", "Barcelona", "Thessaloniki", "Lyon", "Rome", "Paris", "Solidarity Network")))

    found = {q: (await place.find(q) or [""])[0] for q in ("grenobel", "Barcelone", "tesaloniki", "Lyom", "Prais", "solidarty netwrok", "Grennob")}

    assert found == {
        "grenobel": "Grenoble", "Barcelone": "Barcelona", "tesaloniki": "Thessaloniki", "Lyom": "Lyon", "Prais": "Paris",
        "solidarty netwrok": "Solidarity Network", "Grennob": "Grenoble",
    }  # fmt: skip
    assert await place.find("xqzwv") == []


async def test_names_come_before_beginnings_before_words_before_similar_ones_and_the_larger_first(place: Place) -> None:
    await place.put(
        actor("Parma", population=10), actor("Parma Nord", population=20), actor("Accueil Parma", population=900_000),
        actor("Parma Sud", population=500_000), actor("Palma", population=400_000), actor("Aachen Parma", population=900_000),
    )  # fmt: skip

    found = await place.find("parma")

    assert found == ["Parma", "Parma Sud", "Parma Nord", "Aachen Parma", "Accueil Parma"]
    assert await place.find("palma") == ["Palma"]
    async with place.database.reading() as session:
        hits = (await Finder(session).page(PageRequest(10, None), "Pamra", [])).items
    assert [(hit.title, hit.tier) for hit in hits] == [
        ("Aachen Parma", Tier.SIMILAR), ("Accueil Parma", Tier.SIMILAR), ("Parma Sud", Tier.SIMILAR), ("Parma Nord", Tier.SIMILAR),
        ("Parma", Tier.SIMILAR),
    ]  # fmt: skip


async def test_local_and_former_names_slugs_and_identifiers_lead_to_the_record(place: Place) -> None:
    gent = actor("Ghent", local_name="Gent", slug="gent-be")
    await place.put(gent)

    await place.put(replace(gent, name="Ghent City", version=2), new=False)

    assert await place.find("Gent") == ["Ghent City"]
    assert await place.find("gent-be") == ["Ghent City"]
    assert await place.find("ghent") == ["Ghent City"]


async def test_words_are_found_from_their_beginning_while_somebody_types(place: Place) -> None:
    await place.put(*map(actor, ("Thessaloniki", "The Hague", "Utrecht")))

    found = [await place.find("thessaloniki"[:length]) for length in range(1, 13)]

    assert all("Thessaloniki" in names for names in found)
    assert all("Utrecht" not in names for names in found)


async def test_what_nobody_can_have_typed_for_a_name_finds_nothing_and_breaks_nothing(place: Place) -> None:
    await place.put(actor("Grenoble"))

    for q in ("", " ", '"', "*", "' OR 1=1 --", "AND", "NOT x*", ":*", "!", "&|()", "%", "_", "\\", "🙂", "ا", "a" * 100, "- -"):
        await place.find(q)

    assert await place.find("grenoble NOT") == []
    assert await place.find("(grenoble)") == ["Grenoble"]


async def test_a_record_that_left_is_not_found_and_the_names_of_a_merged_one_lead_to_the_other(place: Place) -> None:
    one, two = actor("Accueil Sans Frontières"), actor("Terre d'Asile")
    await place.put(one, two)

    async with place.database.writing() as session:
        await ActorStore(session).records.remove(one.id, 1)
        search = SearchStore(session, NOW)
        await search.drop(one.id, merged_into=two.id)
        await search.put(two)

    assert await place.find("accueil sans frontieres") == ["Terre d'Asile"]
    await place.put(one)
    async with place.database.writing() as session:
        outdated = await SearchStore(session, NOW).outdated(ActorRow, Sought.ACTOR, 10)
        await SearchStore(session, NOW).put_many([two])
    assert outdated == [two.id]
    assert await place.find("accueil sans frontieres") == ["Accueil Sans Frontières"]


async def test_words_that_are_in_no_record_any_more_are_forgotten(place: Place) -> None:
    one = actor("Grenoble")
    await place.put(one, actor("Lyon"))
    async with place.database.writing() as session:
        await SearchStore(session, NOW).drop(one.id)

        swept = await SearchStore(session, NOW).words.sweep()
        left = set((await session.execute(select(col(SearchTermRow.word)))).scalars())

    assert (swept, left) == (1, {"lyon"})


@pytest.mark.parametrize("seed", range(4))
async def test_who_pages_through_hits_meets_each_record_that_was_always_there_exactly_once(place: Place, seed: int) -> None:
    random = Random(seed)
    actors = {
        one.id: one for one in (actor(f"Port {random.choice('abcdefgh')}{at}", population=random.randrange(9), slug=f"p{at}") for at in range(40))
    }
    await place.put(*actors.values())

    met: list[Any] = []
    request = PageRequest(random.randint(3, 9), None)
    while True:
        async with place.database.reading() as session:
            page = await Finder(session).page(request, "port", [])
        met += [hit.record_id for hit in page.items]
        if page.more_after is None:
            break
        some = [replace(one, name=f"Port {random.choice('abcdefghz')}{random.random()}", population=random.randrange(900), version=one.version + 1)
                for one in random.sample(list(actors.values()), 6)]  # fmt: skip
        actors |= {one.id: one for one in some}
        await place.put(*some, new=False)
        await place.put(*(actor(f"Port {random.choice('abcdefgh')} new {random.random()}", slug=f"n{random.random()}") for _ in range(3)))
        request = PageRequest(request.limit, page.more_after)

    assert len(met) == len(set(met))
    assert set(actors) <= set(met)


async def test_two_searches_at_once_do_not_wait_for_each_other(place: Place) -> None:
    await place.put(*map(actor, ("Grenoble", "Lyon")))

    found = await asyncio.gather(*(place.find("gren") for _ in range(6)))

    assert found == [["Grenoble"]] * 6
