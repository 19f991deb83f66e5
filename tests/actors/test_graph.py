"""The network is drawn by itself: when memberships changed, seldom, in a process beside, and what fails is said and tried later."""

import contextlib
import sys
from typing import Any

import pytest

from chassis.identity import SYSTEM
from chassis.testing import Bench, TestClock, account, anonymous
from services.actors.app import import_files
from services.actors.model.graph import ask
from services.actors.model.graph.ask import NetworkNotDrawn, draw
from services.actors.model.graph.keeper import Keeper
from services.actors.model.graph.packed import EMPTY, packed
from services.actors.store.graph.drawings import DrawingNote

TIMER = "draw the network"


async def newest(bench: Bench) -> DrawingNote | None:
    async with bench.service.open_work(SYSTEM, reading=True) as work:
        return await work.drawings.newest()


async def places(bench: Bench) -> dict[str, tuple[int, int]]:
    answer = await bench.get(anonymous(), "/api/v1/network")
    return {node["slug"]: (node["x"], node["y"]) for node in answer.json()["nodes"]}


async def join(bench: Bench, network: dict[str, Any], member: dict[str, Any]) -> dict[str, Any]:
    answer = await bench.post(account("coordinator"), "/api/v1/memberships", {"network_id": network["id"], "member_id": member["id"], "source": "x"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_the_registry_is_drawn_by_a_worker_that_leaves_nothing_heavy_in_the_service(
    either_bench: Bench, registry_files: dict[str, bytes]
) -> None:
    before = set(sys.modules)
    await import_files(either_bench.service, registry_files)
    await either_bench.run_timer(TIMER)

    note = await newest(either_bench)

    assert note is not None
    assert (note.figures["actors"], note.figures["memberships"], note.figures["exact"]) == (863, 1275, True)
    assert not {"numba", "scipy", "networkx"} & (set(sys.modules) - before)
    assert all(x is not None for x, _ in (await places(either_bench)).values())


async def test_nothing_is_drawn_where_nothing_is(bench: Bench, an_actor: Any, drawn_here: None) -> None:
    await an_actor("Ghent")
    await bench.run_timer(TIMER)

    assert await newest(bench) is None


async def test_it_is_drawn_anew_only_when_memberships_changed(bench: Bench, an_actor: Any, clock: TestClock, drawn_here: None) -> None:
    net, ghent = await an_actor("Net", kind="network"), await an_actor("Ghent")
    await join(bench, net, ghent)
    await bench.run_timer(TIMER)
    first = await newest(bench)
    clock.forward(minutes=2)
    await an_actor("Somebody else")
    await bench.run_timer(TIMER)
    same = await newest(bench)
    clock.forward(minutes=2)
    await join(bench, net, await an_actor("Oslo"))
    await bench.run_timer(TIMER)
    other = await newest(bench)

    assert first is not None and same is not None and other is not None
    assert (first.number, same.number, other.number) == (1, 1, 2)
    assert same.looked_at > first.looked_at
    assert same.computed_at == first.computed_at


async def test_news_in_quick_succession_are_drawn_together(bench: Bench, an_actor: Any, clock: TestClock, drawn_here: None) -> None:
    net = await an_actor("Net", kind="network")
    for name in ("Ghent", "Oslo", "Cork"):
        await join(bench, net, await an_actor(name))
        await bench.run_timer(TIMER)
        clock.forward(seconds=3)
    soon = await newest(bench)
    clock.forward(seconds=30)
    await bench.run_timer(TIMER)
    later = await newest(bench)

    assert soon is not None and later is not None
    assert (soon.number, soon.figures["actors"], later.number, later.figures["actors"]) == (1, 2, 2, 4)


async def test_visitors_find_things_where_they_were(
    either_bench: Bench, registry_files: dict[str, bytes], clock: TestClock, drawn_here: None
) -> None:
    await import_files(either_bench.service, registry_files)
    await either_bench.run_timer(TIMER)
    before = await places(either_bench)
    clock.forward(minutes=5)
    body = {"kind": "municipality", "name": "Newtown", "source": "x"}
    fresh = (await either_bench.post(account("coordinator"), "/api/v1/actors", body)).json()
    network = (await either_bench.get(anonymous(), "/api/v1/actors/eurocities")).json()
    await join(either_bench, network, fresh)
    assert (await places(either_bench))["newtown"] == (None, None)
    await either_bench.run_timer(TIMER)

    after = await places(either_bench)

    moved = [abs(after[slug][0] - x) + abs(after[slug][1] - y) for slug, (x, y) in before.items()]
    assert sum(moved) / len(moved) < 10
    assert after["newtown"] != (None, None)


async def test_who_leaves_the_network_leaves_the_drawing(either_bench: Bench, clock: TestClock, drawn_here: None) -> None:
    entered = {}
    for name, kind in (("Net", "network"), ("Ghent", "municipality"), ("Oslo", "municipality")):
        answer = await either_bench.post(account("coordinator"), "/api/v1/actors", {"kind": kind, "name": name, "source": "x"})
        entered[name] = answer.json()
    kept = await join(either_bench, entered["Net"], entered["Ghent"])
    gone = await join(either_bench, entered["Net"], entered["Oslo"])
    await either_bench.run_timer(TIMER)

    for number, each in enumerate((gone, kept)):
        headers = {"If-Match": f'"{each["version"]}"'}
        answer = await either_bench.call(account("coordinator"), "DELETE", f"/api/v1/memberships/{each['id']}", headers=headers)
        assert answer.status_code == 204, answer.text
        clock.forward(minutes=2)
        await either_bench.run_timer(TIMER)
        central = (await either_bench.get(anonymous(), "/api/v1/network/central")).json()
        assert sorted(row["actor"]["slug"] for row in central["items"]) == [["ghent", "net"], []][number]


async def test_a_drawing_that_fails_is_tried_again_later_and_the_last_one_stays(
    bench: Bench, an_actor: Any, clock: TestClock, drawn_here: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, ghent = await an_actor("Net", kind="network"), await an_actor("Ghent")
    await join(bench, net, ghent)
    await bench.run_timer(TIMER)
    clock.forward(minutes=2)
    await join(bench, net, await an_actor("Oslo"))
    tries = 0

    async def fail(*_: object, **__: object) -> None:
        nonlocal tries
        tries += 1
        raise NetworkNotDrawn("It could not be drawn.")

    monkeypatch.setattr("services.actors.timers.draw", fail)
    for _ in range(3):
        with contextlib.suppress(NetworkNotDrawn):
            await bench.run_timer(TIMER)
        clock.forward(minutes=2)
    soon = tries
    clock.forward(minutes=40)
    with contextlib.suppress(NetworkNotDrawn):
        await bench.run_timer(TIMER)

    note = await newest(bench)
    assert (soon, tries) == (1, 2)
    assert note is not None and note.number == 1
    assert (await places(bench))["ghent"] != (None, None)


async def test_a_worker_without_room_or_time_is_ended_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    links = b"\x01" * 16 + b"\x02" * 16

    with pytest.raises(NetworkNotDrawn):
        await draw(links, EMPTY, memory_mb=1, patience=60)
    with pytest.raises(NetworkNotDrawn):
        await draw(links, EMPTY, memory_mb=2048, patience=0.01)


def test_no_secret_of_the_service_goes_to_the_worker() -> None:
    assert set(ask.KEPT) == {"HOME", "NUMBA_CACHE_DIR"}


async def test_a_drawing_is_kept_in_memory_while_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    keeper, reads = Keeper(), []

    async def read(number: int) -> bytes:
        reads.append(number)
        return packed(EMPTY)

    for number in (1, 1, 2, 2):
        await keeper.graph(number, read)
    keeper.rest()
    await keeper.graph(2, read)
    monkeypatch.setattr("services.actors.model.graph.keeper.IDLE_SECONDS", -1.0)
    keeper.rest()
    await keeper.graph(2, read)

    assert reads == [1, 2, 2]
