"""A coordinator reads beside each proposal whether its place is scarce."""

from uuid import UUID

from chassis.identity import SYSTEM
from tests.matching.bench import World


async def prices(world: World, found: dict[UUID, int]) -> None:
    async with world.bench.service.open_work(SYSTEM) as work:
        await work.scarcity.put_prices(found, work.now)


async def test_a_proposal_says_when_its_place_is_worth_more_to_others(world: World) -> None:
    scarce, plenty = await world.an_offer(), await world.an_offer(world.member)
    need = await world.a_need()
    await world.settled()
    await prices(world, {UUID(scarce["id"]): 900_000})

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")

    advice = {item["offer_id"]: item["advice"] for item in found["items"]}
    assert advice[scarce["id"]]["advice"] == "keep_free" and advice[scarce["id"]]["price"] == 900_000
    assert "900000" in advice[scarce["id"]]["reason"]
    assert (advice[plenty["id"]]["advice"], advice[plenty["id"]]["price"]) == ("take", 0)


async def test_an_urgent_need_is_never_asked_to_wait(world: World) -> None:
    scarce, need = await world.an_offer(), await world.a_need(urgency="urgent")
    await world.settled()
    await prices(world, {UUID(scarce["id"]): 900_000})

    found = await world.get(world.coordinator, f"/api/v1/needs/{need['id']}/proposals")

    assert [item["advice"]["advice"] for item in found["items"]] == ["take"]
