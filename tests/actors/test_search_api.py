"""Searching over HTTP: filters, all kinds, suggestions, counts, clusters, and answers that need no look at the data."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, event, select

from chassis.identity import SYSTEM
from chassis.ids import new_id
from chassis.testing import Bench, TestClock, account, anonymous
from services.actors.model.provenance import Identifier
from services.actors.store.actors import ActorFilter
from services.actors.tables import SearchEntryRow
from services.actors.use_cases import recording
from services.actors.use_cases.importing import import_registry

HEADER = "id,kind,name,local_name,country,lat,lon,population,website,source\n"
FILES = {
    "actors": HEADER
    + "grenoble-fr,municipality,Grenoble,,FR,45.19,5.72,158000,,x\nlyon-fr,municipality,Lyon,,FR,45.76,4.84,520000,,x\n"
    + "koeln-de,municipality,Cologne,Köln,DE,50.94,6.96,1080000,,x\nanvita,network,ANVITA,,FR,,,,,x\n",
    "memberships": "network_id,member_id,role,since,source\nanvita,grenoble-fr,member,2018,x\nanvita,lyon-fr,founder,2018,x\n",
    "declarations": "municipality_id,type,date,title,source\ngrenoble-fr,council_motion,2015-09,Grenoble welcomes,x\n",
    "initiatives": "id,actor_id,title,themes,year,partners,summary,source\n"
    + f"rooms,grenoble-fr,Rooms for newcomers,housing;legal,2019,,{'Words before. ' * 30}Families host students near the Isère.,x\n",
    "resources": "id,title,authors,year,kind,topic_themes,actor_ids,url,source\n"
    + "dreher,Making Migrant Solidarity,Nick Dreher,2024,article,housing,grenoble-fr,https://example.org,x\n",
}  # fmt: skip


async def fill(bench: Bench, files: dict[str, str] = FILES) -> None:
    async with bench.service.open_work(SYSTEM) as work:
        await import_registry(work, {kind: text.encode() for kind, text in files.items()})
    await bench.run_timer("mend the search")


async def found(bench: Bench, path: str) -> Any:
    answer = await bench.get(anonymous(), path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def names(bench: Bench, query: str) -> list[str]:
    return [item["name"] for item in (await found(bench, f"/api/v1/actors?{query}"))["items"]]


FILTERED = [
    ("q=koeln", ["Cologne"]),
    ("q=köln&country=DE", ["Cologne"]),
    ("q=koln&country=FR", []),
    ("q=grenobel", ["Grenoble"]),
    ("q=gren&network=anvita", ["Grenoble"]),
    ("has_declaration=true", ["Grenoble"]),
    ("has_declaration=false&kind=municipality", ["Cologne", "Lyon"]),
    ("confirmed=true", []),
    ("practice=city_card", []),
    ("q=l&theme=housing", []),
    ("q=gren&theme=housing&bbox=5,45,6,46", ["Grenoble"]),
    ("entered_since=2026-11-21&kind=network", ["ANVITA"]),
    ("entered_since=2026-11-22", []),
    ("q=%E2%80%94", []),
]


async def test_actors_are_found_by_words_and_filters(either_bench: Bench) -> None:
    await fill(either_bench)

    answers = {query: await names(either_bench, query) for query, _ in FILTERED}

    assert answers == dict(FILTERED)
    assert (await found(either_bench, "/api/v1/actors?q=lyon&total=true"))["total"] == 1


async def test_all_kinds_are_found_at_once_with_a_few_words_that_tell_why(either_bench: Bench) -> None:
    await fill(either_bench)

    grenoble = (await found(either_bench, "/api/v1/search?q=grenoble"))["items"]
    isere = (await found(either_bench, "/api/v1/search?q=isere"))["items"]
    authors = (await found(either_bench, "/api/v1/search?q=dreher&kind=resource"))["items"]

    assert {(row["kind"], row["title"], row["match"]) for row in grenoble} == {
        ("actor", "Grenoble", "exact"), ("declaration", "Grenoble welcomes", "prefix"), ("initiative", "Rooms for newcomers", "words"),
    }  # fmt: skip
    assert grenoble[0]["kind"] == "actor"
    assert isere[0]["snippet"].startswith("Grenoble · 2019 · … ") and "near the Isère." in isere[0]["snippet"] and len(isere[0]["snippet"]) < 260
    assert (authors[0]["title"], authors[0]["year"], authors[0]["snippet"]) == ("Making Migrant Solidarity", 2024, "Nick Dreher · 2024")


async def test_suggestions_are_few_and_forgive_errors(bench: Bench) -> None:
    await fill(bench)

    assert [row["slug"] for row in await found(bench, "/api/v1/actors/suggest?q=gr")] == ["grenoble-fr"]
    assert [row["match"] for row in await found(bench, "/api/v1/actors/suggest?q=Lyno")] == ["similar"]
    assert len(await found(bench, "/api/v1/actors/suggest?q=o&limit=1")) <= 1


async def test_counts_tell_how_what_was_found_spreads(either_bench: Bench) -> None:
    await fill(either_bench)

    counts = await found(either_bench, "/api/v1/actors/facets?country=FR")

    assert counts["total"] == 3
    assert counts["kind"] == [
        {"value": "municipality", "name": None, "slug": None, "count": 2}, {"value": "network", "name": None, "slug": None, "count": 1},
    ]  # fmt: skip
    assert [(row["slug"], row["count"]) for row in counts["network"]] == [("anvita", 2)]
    assert {row["value"] for row in counts["theme"]} == {"housing", "legal"}
    assert counts["country"][0]["value"] == "FR"


async def test_counts_of_all_leave_out_what_belongs_to_archived_actors(either_bench: Bench) -> None:
    await fill(either_bench)
    async with either_bench.service.open_work(SYSTEM) as work:
        grenoble = await work.actors.get("grenoble-fr")
        await recording.alter(work, replace(grenoble, archived=True), grenoble)

    counts = await found(either_bench, "/api/v1/actors/facets")
    async with either_bench.service.open_work(SYSTEM, reading=True) as work:
        archived = await work.actors.facets(ActorFilter(archived=True))

    assert counts["total"] == 3
    assert [(row["slug"], row["count"]) for row in counts["network"]] == [("anvita", 1)]
    assert counts["theme"] == []
    assert [one.count for one in archived["network"]] == [1]
    assert {one.value for one in archived["theme"]} == {"housing", "legal"}


async def test_what_was_counted_is_counted_again_only_when_the_registry_changed(bench: Bench) -> None:
    await fill(bench)
    asked: list[str] = []
    first = await found(bench, "/api/v1/actors/facets")
    event.listen(bench.service.database._reader.sync_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    again = await found(bench, "/api/v1/actors/facets")
    counted = [statement for statement in asked if "count(" in statement]
    await bench.post(account("admin"), "/api/v1/actors", {"kind": "civil_society", "name": "Accueil", "source": "x"})
    after = await found(bench, "/api/v1/actors/facets")

    assert (again, counted) == (first, [])
    assert after["total"] == first["total"] + 1


async def test_the_full_text_index_leads_to_the_hits_whatever_their_kind(bench: Bench) -> None:
    await fill(bench)
    asked: list[tuple[str, Any]] = []
    event.listen(bench.service.database._reader.sync_engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    await found(bench, "/api/v1/actors?q=lyon")
    statement, values = next(one for one in asked if "full_text_search" in one[0])

    async with bench.service.open_work(SYSTEM, reading=True) as work:
        connection = await work.session.connection()
        plan = [row[3] for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]

    assert [step for step in plan if "search_entry" in step] == ["SEARCH search_entry USING INTEGER PRIMARY KEY (rowid=?)"]


BAD = [
    "/api/v1/search", "/api/v1/search?q=", "/api/v1/search?q=x&kind=person", "/api/v1/actors/suggest?q=x&limit=11", "/api/v1/actors/suggest",
    "/api/v1/actors?entered_since=yesterday", "/api/v1/actors?practice=magic", "/api/v1/actors?cursor=abc", "/api/v1/actors.geojson?zoom=23",
    "/api/v1/actors.geojson?zoom=-1", f"/api/v1/actors?q={'x' * 101}", "/api/v1/search?q=x&country=fra", "/api/v1/actors?confirmed=perhaps",
]  # fmt: skip


@pytest.mark.parametrize("path", BAD)
async def test_what_cannot_be_understood_is_refused_with_the_reason(bench: Bench, path: str) -> None:
    answer = await bench.get(anonymous(), path)

    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("seed", range(3))
async def test_clusters_count_every_actor_with_a_place_once_at_every_zoom(either_bench: Bench, seed: int) -> None:
    random = Random(seed)
    lines = [
        f"place-{at},municipality,Place {at},,FR,{random.uniform(-90, 90):.4f},{random.uniform(-180, 180):.4f},,,x"
        if at % 5
        else f"place-{at},municipality,Place {at},,FR,{45 + random.random() / 1000:.6f},5.7,,,x"
        for at in range(120)
    ]
    await fill(either_bench, {"actors": HEADER + "\n".join(lines) + "\n"})
    boxes = ("", "&bbox=-180,-90,180,90", "&bbox=0,0,90,90", "&bbox=170,-40,-170,40", "&q=place")

    for box in boxes:
        alone = len((await found(either_bench, f"/api/v1/actors.geojson?{box[1:]}"))["features"])
        for zoom in (0, 1, 3, 7, 12, 22):
            features = (await found(either_bench, f"/api/v1/actors.geojson?zoom={zoom}{box}"))["features"]
            assert sum(one["properties"].get("count", 1) for one in features) == alone
            assert all("slug" in one["properties"] or one["properties"]["count"] > 1 for one in features)


async def test_an_answer_holds_until_the_registry_changes(either_bench: Bench, clock: TestClock) -> None:
    await fill(either_bench)
    paths = (
        "/api/v1/actors", "/api/v1/actors?q=lyon", "/api/v1/actors.geojson", "/api/v1/network", "/api/v1/search?q=lyon", "/api/v1/actors/facets",
        "/api/v1/memberships", "/api/v1/declarations", "/api/v1/initiatives?theme=housing", "/api/v1/resources?q=dreher",
    )  # fmt: skip
    tags = {path: (await either_bench.get(anonymous(), path)).headers["etag"] for path in paths}

    same = [(await either_bench.get(anonymous(), path, headers={"If-None-Match": tag})).status_code for path, tag in tags.items()]
    await either_bench.post(account("admin"), "/api/v1/actors", {"kind": "civil_society", "name": "Accueil", "source": "x"})
    after = [(await either_bench.get(anonymous(), path, headers={"If-None-Match": tag})).status_code for path, tag in tags.items()]

    assert len(set(tags.values())) == len(paths)
    assert same == [304] * len(paths)
    assert after == [200] * len(paths)


async def test_what_the_search_does_not_hold_is_read_again(either_bench: Bench) -> None:
    await fill(either_bench)
    async with either_bench.service.open_work(SYSTEM) as work:
        await work.session.execute(delete(SearchEntryRow))
        work.session.info["registry changed"] = True
    assert await names(either_bench, "q=lyon") == []

    await either_bench.run_timer("mend the search")
    await either_bench.run_timer("sweep the search")

    assert await names(either_bench, "q=lyon") == ["Lyon"]
    async with either_bench.service.open_work(SYSTEM, reading=True) as work:
        rows = {row.title: row.links for row in (await work.session.execute(select(SearchEntryRow))).scalars()}
    assert (rows["ANVITA"], rows["Lyon"], rows["Cologne"]) == (2, 1, 0)


async def test_an_identifier_of_another_register_leads_to_the_actor(either_bench: Bench, clock: TestClock) -> None:
    await fill(either_bench)
    async with either_bench.service.open_work(SYSTEM) as work:
        lyon = await work.actors.get("lyon-fr")
        await work.identifiers.add(Identifier(id=new_id(), actor_id=lyon.id, scheme="siren", value="216 901 231", source=None, created_at=clock()))

    await either_bench.run_timer("mend the search")

    assert await names(either_bench, "q=216901231") == ["Lyon"]
    assert await names(either_bench, "q=216 901 231") == ["Lyon"]


@pytest.mark.parametrize("seed", range(3))
async def test_who_pages_while_an_import_runs_meets_each_actor_once(either_bench: Bench, seed: int) -> None:
    random = Random(seed)
    always = {f"city-{at}": f"{random.choice('abcdefgh')}ville {at}" for at in range(30)}

    async def write(rows: dict[str, str]) -> None:
        lines = [f"{slug},municipality,{name},,FR,,,{random.randrange(1000)},,x" for slug, name in rows.items()]
        async with either_bench.service.open_work(SYSTEM) as work:
            await import_registry(work, {"actors": (HEADER + "\n".join(lines) + "\n").encode()})

    await write(always)
    met: list[str] = []
    path = f"/api/v1/actors?limit={random.randint(3, 8)}"
    while path:
        answer = await either_bench.get(anonymous(), path)
        met += [item["slug"] for item in answer.json()["items"]]
        renamed = {slug: f"{random.choice('abcdefghz')}ville {random.random()}" for slug in random.sample(sorted(always), 5)}
        await write(renamed | {f"new-{new_id()}": f"{random.choice('abcdefgh')}ville new" for _ in range(3)})
        path = answer.headers["link"].split(">")[0].strip("<") if "link" in answer.headers else ""

    assert len(met) == len(set(met))
    assert set(always) <= set(met)
