"""What is asked about the network of memberships, and who may ask."""

from itertools import pairwise
from typing import Any

import networkx
import pytest

from chassis.testing import Bench, account, anonymous
from services.actors.app import import_files

SMALL = {
    "actors": b"id,kind,name,local_name,country,lat,lon,population,website,source\n"
    + b"".join(
        f"{slug},{kind},{slug.title()},,{country},,,,,x\n".encode()
        for slug, kind, country in (
            ("anvita", "network", ""), ("harbour", "network", ""), ("index", "network", ""), ("lonely", "network", ""),
            ("ghent", "municipality", "BE"), ("lodz", "municipality", "PL"), ("paris", "municipality", "FR"), ("lyon", "municipality", "FR"),
            ("rome", "municipality", "IT"), ("oslo", "municipality", "NO"), ("cork", "municipality", "IE"),
        )
    ),
    "memberships": b"network_id,member_id,role,since,source\n"
    b"anvita,paris,founder,2018,x\nanvita,lyon,member,2019,x\nanvita,ghent,member,,x\nharbour,ghent,member,2019,x\nharbour,lodz,member,2020,x\n"
    b"index,lodz,member,2012,x\nindex,rome,member,2012,x\nlonely,oslo,member,2001,x\n",
}  # fmt: skip


@pytest.fixture
async def drawn(bench: Bench, drawn_here: None) -> Bench:
    """A small network, drawn."""
    await import_files(bench.service, SMALL)
    await bench.run_timer("draw the network")
    return bench


async def read(bench: Bench, path: str) -> dict[str, Any]:
    answer = await bench.get(anonymous(), f"/api/v1/network{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def slugs(actors: list[dict[str, Any]]) -> list[str]:
    return [actor["slug"] for actor in actors]


async def test_what_is_asked_before_the_first_drawing_says_that_there_is_none(bench: Bench, an_actor: Any) -> None:
    await an_actor("Ghent")

    for path in ("/drawing", "/central", "/communities", "/paths?from=ghent&to=ghent", "/connect?actor=ghent&actor=ghent"):
        answer = await bench.get(anonymous(), f"/api/v1/network{path}")

        assert (answer.status_code, answer.json()["code"]) == (404, "not_drawn"), path


async def test_the_graph_holds_who_belongs_where_and_places_for_all(drawn: Bench) -> None:
    graph = await read(drawn, "")
    columns = await read(drawn, "?format=columns")

    assert len(graph["nodes"]), len(graph["edges"]) == (10, 8)
    assert all(isinstance(node["x"], int) and node["degree"] >= 1 for node in graph["nodes"])
    nodes, edges = columns["nodes"], columns["edges"]
    assert [nodes["id"][place] for place in edges["member"]] == [edge["source"] for edge in graph["edges"]]
    assert [nodes["id"][place] for place in edges["network"]] == [edge["target"] for edge in graph["edges"]]
    assert [columns["kinds"][place] for place in nodes["kind"]] == [node["kind"] for node in graph["nodes"]]
    assert (nodes["x"], nodes["y"]) == ([node["x"] for node in graph["nodes"]], [node["y"] for node in graph["nodes"]])


async def test_a_picture_is_asked_for_without_what_nobody_sees_and_travels_small(drawn: Bench) -> None:
    plain = await drawn.get(anonymous(), "/api/v1/network?format=picture", headers={"Accept-Encoding": "identity"})
    packed = await drawn.get(anonymous(), "/api/v1/network?format=picture", headers={"Accept-Encoding": "gzip"})
    again = await drawn.get(anonymous(), "/api/v1/network?format=picture", headers={"If-None-Match": packed.headers["etag"]})

    assert set(plain.json()["nodes"]) == {"slug", "name", "kind", "country", "x", "y", "degree"}
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "members"),
    [
        ("network=anvita", {"paris", "lyon", "ghent"}),
        ("country=FR", {"paris", "lyon"}),
        ("kind=municipality&country=PL", {"lodz"}),
        ("kind=university", set()),
        ("year=2018", {"paris", "lodz", "rome", "oslo"}),
        ("year=2018&undated=true", {"paris", "lodz", "rome", "oslo", "ghent"}),
        ("actor=ghent", {"ghent"}),
        ("actor=ghent&depth=2", {"ghent", "paris", "lyon", "lodz"}),
        ("actor=anvita", {"paris", "lyon", "ghent"}),
        ("top=2", set()),
        ("theme=housing", set()),
    ],
)
async def test_filters_choose_memberships(drawn: Bench, query: str, members: set[str]) -> None:
    graph = await read(drawn, f"?{query}")

    names = {node["id"]: node["slug"] for node in graph["nodes"]}
    assert {names[edge["source"]] for edge in graph["edges"]} == members


async def test_an_actor_without_a_membership_stands_alone_in_its_own_graph(drawn: Bench) -> None:
    graph = await read(drawn, "?actor=cork")

    assert (slugs(graph["nodes"]), graph["edges"], graph["nodes"][0]["x"]) == (["cork"], [], None)


async def test_the_shortest_way_names_the_networks_between(drawn: Bench) -> None:
    found = await read(drawn, "/paths?from=paris&to=rome")
    none = await read(drawn, "/paths?from=paris&to=oslo")
    outside = await read(drawn, "/paths?from=paris&to=cork")
    itself = await read(drawn, "/paths?from=cork&to=cork")

    assert (found["length"], found["count"]) == (6, 1)
    assert [slugs(path) for path in found["paths"]] == [["paris", "anvita", "ghent", "harbour", "lodz", "index", "rome"]]
    assert (none["length"], none["paths"], outside["length"]) == (None, [], None)
    assert (itself["length"], slugs(itself["paths"][0])) == (0, ["cork"])


async def test_who_connects_cities_joins_them_all_and_says_whom_nothing_joins(drawn: Bench) -> None:
    found = await read(drawn, "/connect?actor=paris&actor=lyon&actor=rome")
    apart = await read(drawn, "/connect?actor=paris&actor=lyon&actor=oslo&actor=cork")

    links = networkx.Graph([(link["one"], link["other"]) for link in found["links"]])
    assert networkx.is_tree(links)
    assert {"paris", "lyon", "rome", "anvita", "index"} <= set(slugs(found["actors"]))
    assert [(each["network"]["slug"], len(each["actors"])) for each in found["shared"]] == [("anvita", 2)]
    assert sorted(len(group) for group in apart["apart"]) == [1, 1, 2]


async def test_networks_and_cities_that_are_alike(drawn: Bench) -> None:
    most = await read(drawn, "/overlap?network=anvita")
    both = await read(drawn, "/overlap?network=anvita&with=harbour")
    alike = await read(drawn, "/alike?actor=ghent")

    assert [(each["actor"]["slug"], each["common"], each["either"]) for each in most["items"]] == [("harbour", 1, 4)]
    assert (both["sizes"], both["common"], both["jaccard"], slugs(both["members"])) == ([3, 2], 1, 0.25, ["ghent"])
    assert [(each["actor"]["slug"], each["jaccard"]) for each in alike["items"]][:2] in (
        [("paris", 0.5), ("lyon", 0.5)],
        [("lyon", 0.5), ("paris", 0.5)],
    )


async def test_the_years_say_how_networks_grew(drawn: Bench) -> None:
    found = await read(drawn, "/years")
    french = await read(drawn, "/years?country=FR&limit=1")

    assert [(row["year"], row["joined"], row["total"]) for row in found["years"]] == [
        (2001, 1, 1), (2012, 2, 3), (2018, 1, 4), (2019, 2, 6), (2020, 1, 7),
    ]  # fmt: skip
    assert (found["undated"], found["total"], found["networks"][0]["network"]["slug"], found["networks"][0]["members"]) == (1, 4, "anvita", 3)
    assert ([row["year"] for row in french["years"]], french["undated"]) == ([2018, 2019], 0)


async def test_lists_go_page_by_page_and_lose_nobody(drawn: Bench) -> None:
    seen: list[str] = []
    path: str | None = "/api/v1/network/central?by=bridging&limit=3"
    while path:
        answer = await drawn.get(anonymous(), path)
        seen += [row["actor"]["slug"] for row in answer.json()["items"]]
        path = answer.headers["link"].split(">")[0][1:] if "link" in answer.headers else None
    groups = await read(drawn, "/communities?limit=200")

    assert sorted(seen) == sorted({"anvita", "harbour", "index", "lonely", "ghent", "lodz", "paris", "lyon", "rome", "oslo"})
    assert sum(row["size"] for row in groups["items"]) == 10
    members = [await read(drawn, f"/central?community={row['number']}") for row in groups["items"]]
    assert [len(page["items"]) for page in members] == [row["size"] for row in groups["items"]]


async def test_a_reader_who_has_it_already_is_told_so_until_something_changes(drawn: Bench, an_actor: Any) -> None:
    for path in ("", "/drawing", "/central", "/years", "/paths?from=paris&to=rome", "/connect?actor=paris&actor=rome", "/alike?actor=ghent"):
        first = await drawn.get(anonymous(), f"/api/v1/network{path}")
        again = await drawn.get(anonymous(), f"/api/v1/network{path}", headers={"If-None-Match": first.headers["etag"]})

        assert (again.status_code, again.content) == (304, b""), path
    await an_actor("Turku")
    after = await drawn.get(anonymous(), "/api/v1/network", headers={"If-None-Match": first.headers["etag"]})
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("?format=graphml", 422), ("?top=1", 422), ("?depth=9&actor=ghent", 422), ("?year=99999", 422), ("?community=-1", 422),
        ("?network=nowhere", 404), ("?actor=a%00b", 422), ("/paths?from=ghent", 422), ("/paths?from=ghent&to=nowhere", 404),
        ("/paths?from=ghent&to=lodz&limit=0", 422), ("/connect?actor=ghent", 422), ("/connect?actor=ghent&actor=ghent", 422),
        ("/connect?actor=ghent&actor=..%2F", 422), ("/connect?" + "&".join(["actor=ghent"] * 11), 422), ("/overlap?network=ghent", 422),
        ("/overlap?network=anvita&with=ghent", 422), ("/alike", 422), ("/central?by=age", 422), ("/central?cursor=x", 422),
        ("/communities?limit=0", 422), ("/years?network=nowhere", 404),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_refused_in_plain_words(drawn: Bench, path: str, status: int) -> None:
    answer = await drawn.get(anonymous(), f"/api/v1/network{path}")

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_everybody_may_ask_and_nobody_may_change(drawn: Bench) -> None:
    for caller in (anonymous(), account("volunteer"), account("admin")):
        assert (await drawn.get(caller, "/api/v1/network/central")).status_code == 200
        assert (await drawn.post(caller, "/api/v1/network/central", {})).status_code == 405


async def test_real_paths_are_paths_and_the_shortest(either_bench: Bench, registry_files: dict[str, bytes], drawn_here: None) -> None:
    await import_files(either_bench.service, registry_files)
    await either_bench.run_timer("draw the network")
    whole = await read(either_bench, "")
    graph = networkx.Graph([(edge["source"], edge["target"]) for edge in whole["edges"]])
    names = {node["slug"]: node["id"] for node in whole["nodes"]}

    for start, goal in pairwise(["grenoble-fr", "barcelona-es", "palermo-it", "berlin-de", "zurich-ch"]):
        found = await read(either_bench, f"/paths?from={start}&to={goal}&limit=100")

        every = [tuple(path) for path in networkx.all_shortest_paths(graph, names[start], names[goal])]
        assert found["length"] == len(every[0]) - 1
        assert found["count"] == len(every)
        assert {tuple(actor["id"] for actor in path) for path in found["paths"]} <= set(every)
        assert len(found["paths"]) == min(100, len(every))
