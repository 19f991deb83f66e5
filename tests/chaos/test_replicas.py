"""Two replicas of matching share the work; when one dies, no proposal is missed, and none is told twice."""

import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from chassis.free_ports import free_ports
from chassis.testing import Bench, Databases, settings_for_tests
from chassis.testing_broker import provisioned_broker
from contracts.actors import ActorCreatedV1
from services.matching.app import build
from services.matching.settings import Settings
from tests.chaos.replicas import (
    CITY,
    PROVIDERS,
    Ears,
    Replica,
    Writer,
    gaps,
    numbers,
    states,
    stored_and_defined,
    told_in_outbox,
    until_quiet,
)


async def run_storm(databases: Databases, tmp_path: Path, *, kills: int, a_second: float, offers: int, gap: tuple[float, float], seed: int) -> None:
    if databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    chance, began = random.Random(seed), time.monotonic()
    broker = await provisioned_broker(tmp_path, stream_bytes=64 * 1024 * 1024)
    url = await databases.fresh("postgresql", "matching")
    settings = settings_for_tests(url, nats_url=broker.url, nats_seed=broker.seeds["matching"])
    service, app = build(Settings(**settings))
    for number, actor_id in enumerate((CITY, *PROVIDERS)):
        await Bench(service, app).hear(ActorCreatedV1(actor_id=actor_id, version=1, slug=f"a-{number}", kind="municipality", name="A"))
    replicas = [Replica(port, settings) for port in free_ports(2)]
    for replica in replicas:
        replica.start()
    ears = Ears(broker.url, broker.seeds["notifications"])
    listening = asyncio.create_task(ears.listen())
    try:
        limits = httpx2.Limits(max_connections=200, max_keepalive_connections=20)
        async with httpx2.AsyncClient(timeout=5, limits=limits) as client:
            await asyncio.gather(*(replica.until_ready(client) for replica in replicas))
            writer, ended = Writer(client, replicas, seed), asyncio.Event()
            await asyncio.gather(*(writer.post_case() for _ in range(10)), *(writer.post_offer() for _ in range(offers)))
            writing = asyncio.create_task(writer.keep_writing(a_second, ended))
            for _ in range(kills):
                await asyncio.sleep(chance.uniform(*gap))
                victim = chance.choice(replicas)
                await victim.ask_how_many(client)
                await asyncio.to_thread(victim.kill)
                await asyncio.sleep(chance.uniform(0, 0.4))
                victim.start()
            await asyncio.sleep(1)
            ended.set()
            await writing
            await asyncio.gather(*(replica.until_ready(client) for replica in replicas))
            await until_quiet(service, 30 + 2 * kills)
            # At last only offers move, and one replica goes on alone.
            moving = asyncio.create_task(writer.move_offers(12))
            await asyncio.sleep(0.3)
            await victim.ask_how_many(client)
            await asyncio.to_thread(victim.kill)
            await moving
            await until_quiet(service, 30)
            for replica in replicas:
                await replica.ask_how_many(client)
        compared = await stored_and_defined(service)
        written, now = await told_in_outbox(service), await numbers(service)
        needs, of_offers = await states(service, "need"), await states(service, "offer")
        dead = await Bench(service, app).dead_letters()
        deadline = time.monotonic() + 10
        while len(ears.told) < len(written) and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
    finally:
        listening.cancel()
        await ears.close()
        for replica in replicas:
            replica.kill()
        await service.database.close()
        broker.stop()
    ledger, told = writer.ledger, list(ears.told.values())
    shared = [replica.handled + replica.handled_now for replica in replicas]
    print(
        f"\nseed {seed}: {kills + 1} kills, {len(ledger.needs)} needs and {len(ledger.offers)} offers acknowledged, {ledger.retried} retried, "
        f"{dict(sorted(ledger.acts.items()))}, {len(compared)} needs open, {sum(len(best) for _, best in compared.values())} proposals, "
        f"{len(told)} sets told, handled {shared}, {time.monotonic() - began:.0f} s"
    )
    assert {key: needs.get(key) for key in ledger.needs} == ledger.needs, "acknowledged needs are stored as they were acknowledged"
    assert {key: of_offers.get(key) for key in ledger.offers if of_offers.get(key) != "full"} == {
        key: state for key, state in ledger.offers.items() if of_offers.get(key) != "full"
    }, "acknowledged offers are stored as they were acknowledged"
    assert (set(needs), set(of_offers)) == (set(ledger.needs), set(ledger.offers)), "nothing was stored twice"
    assert [key for key, (stored, defined) in compared.items() if stored != defined] == [], "needs whose proposals are not those of the definition"
    assert [each for each, count in Counter(written).items() if count > 1] == [], "written twice"
    assert [each for each, count in Counter(told).items() if count > 1] == [], "told twice"
    assert set(told) == set(written)
    assert gaps(written, now, {UUID(key) for key, state in needs.items() if state == "open" and key not in ledger.matched_once}) == []
    assert dead == []
    assert min(shared) > 0, "both replicas handled news"


async def test_three_kills_of_one_of_two_replicas_miss_no_proposal_and_double_none(databases: Databases, tmp_path: Path) -> None:
    await run_storm(databases, tmp_path, kills=2, a_second=20, offers=30, gap=(2.0, 4.0), seed=31)


@pytest.mark.storm
async def test_twenty_kills_of_one_of_two_replicas_miss_no_proposal_and_double_none(databases: Databases, tmp_path: Path) -> None:
    await run_storm(databases, tmp_path, kills=20, a_second=30, offers=120, gap=(3.0, 8.0), seed=32)
