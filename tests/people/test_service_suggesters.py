"""The address of who suggested something: sealed, given out for one mail, destroyed; and places that follow claims and merges."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from chassis.ids import new_id
from chassis.testing import TestClock, anonymous
from contracts.actors import ActorMergedV1, ActorUnmergedV1, ClaimAcceptedV1, ClaimEndedV1, SuggestionAnsweredV1
from contracts.matching import MatchConfirmedV1
from contracts.people import SuggestionAnswerDueV1
from services.people.model.persons import PersonRef
from services.people.store.keys import person_key
from services.people.tables import SealedFieldRow

from .conftest import files_of

EMAIL = "zoe.canary@mail.example"


async def leave(town: Any, suggestion_id: UUID, email: str = EMAIL) -> Any:
    """Leave an address."""
    body = {"suggestion_id": str(suggestion_id), "email": email, "locale": "fr"}
    return await town.bench.post(anonymous(), "/api/v1/suggestion-contacts", body)


async def place_of(town: Any, account: Any) -> tuple[str, UUID | None]:
    """Role and place of an account."""
    async with town.service.open_work(reading=True) as work:
        found = await work.accounts.get(UUID(account.id))
    return found.role.value, found.actor_id


async def test_an_address_is_given_out_for_the_answer_alone_and_destroyed_after(both: Any, clock: TestClock) -> None:
    suggestion_id = new_id()
    left = await leave(both, suggestion_id)
    await both.bench.hear(SuggestionAnsweredV1(suggestion_id=suggestion_id, outcome="accepted"), times=2)
    (event_id,) = await both.event_ids("SuggestionAnswerDueV1")

    given = await both.address("suggestion", suggestion_id, event_id)
    other = await both.address("suggestion", new_id(), event_id)
    unseen = await both.address("suggestion", suggestion_id, new_id())
    clock.forward(days=4)
    await both.bench.run_timer("keep people")
    after = await both.address("suggestion", suggestion_id, event_id)

    assert left.status_code == 202, left.text
    assert given.json() == {"email": EMAIL, "locale": "fr", "name": None, "link_token": None}
    assert [other.status_code, unseen.status_code, after.status_code] == [403, 409, 404]
    assert await both.service.resources.keys.present([str(PersonRef.of_suggestion(suggestion_id))]) == set()


async def test_nothing_of_an_address_is_readable_in_the_files(town: Any) -> None:
    suggestion_id = new_id()
    await leave(town, suggestion_id)

    async with town.service.database.reading() as session:
        sealed = (await session.execute(select(SealedFieldRow.value).where(SealedFieldRow.person == f"suggestion:{suggestion_id}"))).scalars().all()

    assert len(sealed) == 1
    for path in files_of(town):
        try:
            with open(path, "rb") as file:
                assert EMAIL.encode() not in file.read()
        except FileNotFoundError:
            continue
    told = [event for event in await town.bench.queued() if isinstance(event, SuggestionAnswerDueV1)]
    assert told == []


async def test_an_address_that_nobody_needed_goes_after_ninety_days(both: Any, clock: TestClock) -> None:
    suggestion_id = new_id()
    await leave(both, suggestion_id)
    clock.forward(days=89)
    await both.bench.run_timer("keep people")
    before = await both.service.resources.keys.present([f"suggestion:{suggestion_id}"])
    clock.forward(days=2)

    await both.bench.run_timer("keep people")

    async with both.service.resources.keys.database.reading() as session:
        keys = (await session.execute(select(func.count()).select_from(person_key))).scalar_one()
    assert (len(before), keys) == (1, 0)


async def test_an_answer_without_an_address_writes_to_nobody(town: Any) -> None:
    await town.bench.hear(SuggestionAnsweredV1(suggestion_id=new_id(), outcome="refused"))

    assert await town.event_ids("SuggestionAnswerDueV1") == []


async def test_one_address_a_suggestion_and_only_real_ones(town: Any) -> None:
    suggestion_id = new_id()

    first, second = await leave(town, suggestion_id), await leave(town, suggestion_id, "other@mail.example")
    unclear = await leave(town, new_id(), "no address")
    town.service.settings.suggestion_contacts = 1
    full = await leave(town, new_id())

    assert [first.status_code, second.status_code, unclear.status_code, full.status_code] == [202, 409, 422, 429]
    assert "no address" not in unclear.text


async def test_an_accepted_claim_gives_a_volunteer_a_place_and_changes_no_staff(both: Any) -> None:
    actor, volunteer, coordinator = await both.actor(), await both.person("volunteer"), await both.person("coordinator")

    for who in (volunteer, coordinator):
        await both.bench.hear(ClaimAcceptedV1(claim_id=new_id(), actor_id=actor, account_id=UUID(who.id)), times=2)

    assert await place_of(both, volunteer) == ("member", actor)
    assert await place_of(both, coordinator) == ("coordinator", None)
    assert (await both.bench.audit_actions()).count("account.claimed") == 1


async def test_an_ended_claim_takes_the_place_that_it_gave_and_no_other(both: Any) -> None:
    actor, other = await both.actor(), await both.actor()
    ana, ben, cleo = await both.person("volunteer"), await both.person("member", actor=other), await both.person("coordinator")
    await both.bench.hear(ClaimAcceptedV1(claim_id=new_id(), actor_id=actor, account_id=UUID(ana.id)))

    for who in (ana, ben, cleo):
        await both.bench.hear(ClaimEndedV1(claim_id=new_id(), actor_id=actor, account_id=UUID(who.id)), times=2)

    assert [await place_of(both, who) for who in (ana, ben, cleo)] == [("volunteer", None), ("member", other), ("coordinator", None)]
    assert (await both.bench.audit_actions()).count("account.claim_ended") == 1


async def test_places_follow_a_merge_and_go_back_when_it_is_undone(both: Any) -> None:
    kept, gone, other = await both.actor(), await both.actor(), await both.actor()
    ana, ben, cara = await both.person("member", actor=gone), await both.person("member", actor=kept), await both.person("member", actor=gone)
    merge_id = new_id()

    await both.bench.hear(ActorMergedV1(merge_id=merge_id, version=1, kept_id=kept, gone_id=gone), times=2)
    merged = [(await place_of(both, who))[1] for who in (ana, ben, cara)]
    await both.bench.hear(ClaimAcceptedV1(claim_id=new_id(), actor_id=other, account_id=UUID(cara.id)))
    await both.bench.hear(ActorUnmergedV1(merge_id=merge_id, version=2, kept_id=kept, gone_id=gone), times=2)

    assert merged == [kept] * 3
    assert [(await place_of(both, who))[1] for who in (ana, ben, cara)] == [gone, kept, other]


async def test_sides_of_matches_follow_a_merge_and_go_back(both: Any) -> None:
    kept, gone = await both.actor(), await both.actor()
    match_id, merge_id = new_id(), new_id()
    event = MatchConfirmedV1(
        match_id=match_id, version=1, state="confirmed", need_id=new_id(), offer_id=new_id(), case_id=new_id(), case_code="K7QX-9M2D-04TB-ZRHW",
        category="food", provider_actor_id=gone, case_actor_id=gone, shared_with=[gone, kept], answer_by=both.service.clock(), size=1,
    )  # fmt: skip
    await both.bench.hear(event)

    await both.bench.hear(ActorMergedV1(merge_id=merge_id, version=1, kept_id=kept, gone_id=gone), times=2)
    merged = await match_of(both, match_id)
    await both.bench.hear(ActorUnmergedV1(merge_id=merge_id, version=2, kept_id=kept, gone_id=gone), times=2)

    assert merged == (kept, kept, frozenset({kept}))
    assert await match_of(both, match_id) == (gone, gone, frozenset({gone, kept}))


async def match_of(town: Any, match_id: UUID) -> Any:
    """Provider, team and shares of a match as people knows it."""
    async with town.service.open_work(reading=True) as work:
        found = await work.matches.find(match_id)
    return found.provider_actor_id, found.case_actor_id, found.shared_with
