"""Records that look like the same organisation are found in any spelling, asked about once, and never again when somebody decided."""

from typing import Any
from uuid import uuid4

import pytest

from chassis.testing import Bench, account, api_client
from services.actors.model.duplicates import LEAST_SCORE, Reason, Traits, compare, host_of, keys_of, pairs_among, plain_name

COORDINATOR = account("coordinator")


def traits(name: str, **more: Any) -> Traits:
    """What a record is compared by."""
    fields: dict[str, Any] = {"id": uuid4(), "kind": "civil_society", "country": "FR", "lat": None, "lon": None, "host": None,
                              "identifiers": frozenset()}  # fmt: skip
    return Traits(names=(plain_name(name),), **{**fields, **more})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ville de Grenoble", "Grenoble"),
        ("Málaga Acoge", "Malaga acoge"),
        ("Харьков помогает", "Kharkov pomogaet"),
        ("Accueil des réfugiés Lyon", "Lyon, accueil réfugiés"),
        ("Association Emmaüs Solidarité", "Emmaus Solidarite"),
        ("Refugee Council", "Refugees Council"),
    ],
)
def test_names_in_other_spellings_and_scripts_meet_and_look_alike(one: str, other: str) -> None:
    left, right = traits(one), traits(other)

    pairs = pairs_among([left], [right])

    assert keys_of(left) & keys_of(right)
    assert len(pairs) == 1 and pairs[0].score >= LEAST_SCORE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (traits("Mission locale Lyon 3"), traits("Mission locale Lyon 7")),
        (traits("Caritas Wien"), traits("Caritas Graz")),
        (traits("Solidarité Nord"), traits("Solidarité Nord", country="BE")),
        (traits("Saint-Denis", lat=48.93, lon=2.36), traits("Saint-Denis", lat=-20.88, lon=55.45)),
        (traits("Health for all", host="health.example"), traits("Food bank", host="health.example")),
    ],
)
def test_different_organisations_are_not_taken_for_one(one: Traits, other: Traits) -> None:
    found = compare(one, other)

    assert found is None or found.score < 90


def test_a_shared_identifier_or_website_counts_even_where_names_differ() -> None:
    numbers = frozenset({"217500016"})

    by_number = compare(traits("Mairie du centre", identifiers=numbers), traits("Centre town hall", identifiers=numbers, country=None))
    by_site = compare(traits("Accueil 38", host="accueil.example"), traits("Accueil 38 Isère", host="accueil.example"))

    assert by_number is not None and Reason.SAME_IDENTIFIER in by_number.reasons
    assert by_site is not None and Reason.SAME_WEBSITE in by_site.reasons
    assert [host_of(site) for site in ("https://www.accueil.example/x", "https://fr-fr.facebook.com/a", None, "https://[x")] == [
        "accueil.example", None, None, None,
    ]  # fmt: skip


async def test_the_timer_finds_pairs_and_a_decision_lasts(bench: Bench, an_actor: Any) -> None:
    one, two = await an_actor("Accueil Isère", country="FR"), await an_actor("Accueil Isere", country="FR", slug="twin")
    await an_actor("Something else", country="FR")
    await bench.run_timer("compare actors")
    found = (await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"]

    address = f"/api/v1/duplicates/{found[0]['id']}"
    stale = await bench.patch(COORDINATOR, address, {"state": "not_duplicates"}, version=7)
    settled = await bench.patch(COORDINATOR, address, {"state": "not_duplicates"}, version=found[0]["version"])
    await bench.patch(COORDINATOR, f"/api/v1/actors/{one['id']}", {"population": 5}, version=1)
    await bench.run_timer("compare actors")

    assert {found[0]["left"]["id"], found[0]["right"]["id"]} == {one["id"], two["id"]}
    assert (stale.status_code, settled.status_code, settled.json()["state"]) == (412, 200, "not_duplicates")
    assert (await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"] == []
    assert (await bench.get(COORDINATOR, f"/api/v1/duplicates?state=not_duplicates&actor={one['id']}")).json()["items"]
    assert (await bench.get(COORDINATOR, f"/api/v1/duplicates/{uuid4()}")).status_code == 404
    assert (await bench.get(api_client("read"), address)).status_code == 403


async def test_a_pair_goes_when_the_names_part_and_when_the_two_are_merged(either_bench: Bench) -> None:
    bench = either_bench
    made = []
    for name, slug in (("Emmaüs Lyon", "a"), ("Emmaus Lyon", "b"), ("Emmaus  lyon", "c")):
        body = {"kind": "civil_society", "name": name, "country": "FR", "source": "S", "slug": slug}
        made.append((await bench.post(COORDINATOR, "/api/v1/actors", body)).json())
    await bench.run_timer("compare actors")
    before = len((await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"])

    await bench.patch(COORDINATOR, f"/api/v1/actors/{made[2]['id']}", {"name": "Croix-Rouge"}, version=1)
    await bench.run_timer("compare actors")
    between = len((await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"])
    merged = await bench.post(COORDINATOR, f"/api/v1/actors/{made[1]['id']}/merge", {"into": made[0]["id"]})
    await bench.run_timer("compare actors")
    after = (await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"]
    await bench.post(COORDINATOR, f"/api/v1/merges/{merged.json()['id']}/undo")
    await bench.run_timer("compare actors")
    undone = (await bench.get(COORDINATOR, "/api/v1/duplicates")).json()["items"]

    assert (before, between, after, undone) == (3, 1, [], [])
    async with bench.service.open_work(reading=True) as work:
        assert await work.duplicates.unseen(5) == []
