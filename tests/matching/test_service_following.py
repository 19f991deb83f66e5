"""When two records of an organisation become one, what it offers and looks after goes along, and comes back when that is undone."""

from uuid import uuid4

from contracts.actors import ActorArchivedV1, ActorMergedV1, ActorUnmergedV1
from contracts.matching import MatchState
from tests.matching.bench import CITY, CLUB, OTHER, World


async def test_offers_and_requests_follow_and_go_back(either_world: World) -> None:
    world = either_world
    offer = await world.an_offer(world.member)
    match = await world.a_match(offer=offer)
    before = (await world.get(world.member, f"/api/v1/offers/{offer['id']}"))["version"]
    merge_id = uuid4()
    told = len([event for event in await world.bench.queued() if isinstance(event, MatchState)])

    await world.bench.hear(ActorMergedV1(merge_id=merge_id, version=1, kept_id=OTHER, gone_id=CLUB), times=2)
    await world.bench.hear(ActorArchivedV1(actor_id=CLUB, version=2, slug="a-1ab0", kind="civil_society", name="A", archived=True))
    merged = await world.get(world.other_member, f"/api/v1/offers/{offer['id']}")
    mine = (await world.get(world.other_member, "/api/v1/offers?mine=true"))["items"]
    asked = await world.get(world.other_member, f"/api/v1/matches/{match['id']}")
    quiet = len([event for event in await world.bench.queued() if isinstance(event, MatchState)])
    await world.bench.hear(ActorUnmergedV1(merge_id=merge_id, version=2, kept_id=OTHER, gone_id=CLUB), times=2)
    back = await world.get(world.member, f"/api/v1/offers/{offer['id']}")
    await world.do(world.member, match, "matches", "accept")

    assert (merged["provider"]["actor_id"], merged["state"]) == (str(OTHER), "open")
    assert [one["id"] for one in mine] == [offer["id"]]
    assert (asked["id"], quiet) == (match["id"], told)
    assert (back["provider"]["actor_id"], back["state"], back["version"]) == (str(CLUB), "open", before + 2)


async def test_cases_of_a_team_and_shares_follow_and_go_back(either_world: World) -> None:
    world = either_world
    own = await world.a_case()
    await world.make(world.coordinator, f"/api/v1/cases/{own['id']}/share", {"actor_id": str(CLUB)}, 200)
    first, second = uuid4(), uuid4()

    await world.bench.hear(ActorMergedV1(merge_id=first, version=1, kept_id=OTHER, gone_id=CITY), times=2)
    seen = (await world.get(world.stranger, "/api/v1/cases"))["items"]
    await world.bench.hear(ActorMergedV1(merge_id=second, version=1, kept_id=OTHER, gone_id=CLUB), times=2)
    shared = (await world.get(world.stranger, f"/api/v1/cases/{own['id']}"))["shared_with"]
    await world.bench.hear(ActorUnmergedV1(merge_id=second, version=2, kept_id=OTHER, gone_id=CLUB), times=2)
    await world.bench.hear(ActorUnmergedV1(merge_id=first, version=2, kept_id=OTHER, gone_id=CITY), times=2)
    after = (await world.get(world.stranger, "/api/v1/cases"))["items"]
    colleague = (await world.get(world.colleague, "/api/v1/cases"))["items"]

    assert [case["id"] for case in seen] == [own["id"]]
    assert shared == [str(OTHER)]
    assert after == []
    assert [(case["id"], case["shared_with"]) for case in colleague] == [(own["id"], [str(CLUB)])]
