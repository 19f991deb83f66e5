"""Questions about requests, copies and ends of offers, and what one's help came to, through the door."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis.identity import Caller
from chassis.testing import TRUSTED, TestClock, account, anonymous
from services.matching.store.results import Helped
from services.matching.use_cases.results import count
from tests.matching.bench import CLUB, World


async def ask(world: World, who: Caller, match: dict[str, Any], text: str = "Is there a lift in the house?") -> Any:
    return await world.bench.post(who, f"/api/v1/matches/{match['id']}/questions", {"text": text})


async def test_both_sides_read_a_question_and_its_answer_and_the_events_hold_no_words(world: World) -> None:
    match = await world.a_match()

    asked = await ask(world, world.volunteer, match)
    answered = await world.bench.post(
        world.coordinator, f"/api/v1/matches/{match['id']}/questions/{asked.json()['id']}/answer", {"text": "Yes, there is."}
    )
    read = await world.get(world.volunteer, f"/api/v1/matches/{match['id']}/questions")

    assert (asked.status_code, answered.status_code) == (201, 200)
    assert [(row["text"], row["answer"]) for row in read["items"]] == [("Is there a lift in the house?", "Yes, there is.")]
    told = [event for event in await world.bench.queued() if "Question" in type(event).__name__]
    assert [(type(event).__name__, event.state) for event in told] == [("MatchQuestionAskedV1", "asked"), ("MatchQuestionAnsweredV1", "answered")]  # type: ignore[attr-defined]
    assert not any("lift" in event.model_dump_json() for event in told)
    assert {"question.asked", "question.answered"} <= set(await world.bench.audit_actions())


async def test_only_the_provider_asks_only_the_team_answers_and_others_find_nothing(world: World) -> None:
    match = await world.a_match()
    question = (await ask(world, world.volunteer, match)).json()
    answer = f"/api/v1/matches/{match['id']}/questions/{question['id']}/answer"

    seen = {
        "coordinator asks": (await ask(world, world.coordinator, match)).status_code,
        "stranger asks": (await ask(world, world.other_volunteer, match)).status_code,
        "nobody asks": (await ask(world, anonymous(), match)).status_code,
        "volunteer answers": (await world.bench.post(world.volunteer, answer, {"text": "Yes."})).status_code,
        "stranger answers": (await world.bench.post(world.stranger, answer, {"text": "Yes."})).status_code,
        "stranger reads": (await world.bench.get(world.stranger, f"/api/v1/matches/{match['id']}/questions")).status_code,
    }

    assert seen == {
        "coordinator asks": 403, "stranger asks": 404, "nobody asks": 401, "volunteer answers": 403, "stranger answers": 404, "stranger reads": 404,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["Call me at 06 12 34 56 78", "ana@mail.example", "x" * 401, ""])
async def test_contact_data_and_long_words_are_refused(world: World, text: str) -> None:
    match = await world.a_match()

    refused = await ask(world, world.volunteer, match, text)

    assert refused.status_code == 422
    assert not text or text[:20] not in refused.text


async def test_one_question_waits_at_a_time_each_is_answered_once_and_an_ended_request_takes_none(world: World) -> None:
    match = await world.a_match()
    first = (await ask(world, world.volunteer, match)).json()
    second = await ask(world, world.volunteer, match)
    answer = f"/api/v1/matches/{match['id']}/questions/{first['id']}/answer"
    once = await world.bench.post(world.coordinator, answer, {"text": "Yes."})

    twice = await world.bench.post(world.coordinator, answer, {"text": "No."})
    await world.do(world.volunteer, match, "matches", "decline", {"reason": "other"})
    late = await ask(world, world.volunteer, match)

    assert [each.status_code for each in (second, once, twice, late)] == [409, 200, 409, 409]


async def test_an_answer_by_mail_link_is_written_down_as_such_and_only_the_gateway_brings_it(world: World) -> None:
    match = await world.a_match()
    path = f"/internal/v1/matches/{match['id']}/answer"

    by_system = await world.bench.post(Caller(kind="service", id="gateway"), path, {"verb": "accept"})
    accepted = await world.bench.post(world.volunteer, path, {"verb": "accept"})
    again = await world.bench.post(world.volunteer, path, {"verb": "decline", "reason": "too_far"})

    assert "gateway" in TRUSTED
    assert (by_system.status_code, accepted.status_code, again.status_code) == (403, 200, 409)
    assert accepted.json()["answered_by"] == world.volunteer.id
    async with world.bench.service.open_work(Caller(kind="system"), reading=True) as work:
        audit = world.bench.service.ledger.audit
        rows = (await work.session.execute(select(audit).where(audit.c.action == "match.accepted"))).mappings().all()
    assert [str(world.volunteer.id) in str(row) and "mail_link" in str(row) for row in rows] == [True]


async def test_a_copy_is_a_draft_of_its_own_that_is_posted_like_any_other(world: World) -> None:
    offer = await world.an_offer()

    copied = await world.make(world.volunteer, f"/api/v1/offers/{offer['id']}/copy", None, 201)
    stranger = await world.bench.post(world.other_volunteer, f"/api/v1/offers/{offer['id']}/copy")
    hidden = await world.bench.get(world.other_volunteer, f"/api/v1/offers/{copied['id']}")
    posted = await world.do(world.volunteer, copied, "offers", "post")

    assert (copied["state"], copied["title"], copied["places_left"]) == ("draft", offer["title"], offer["places"])
    assert (stranger.status_code, hidden.status_code) == (404, 404)
    assert (posted["state"], posted["entered_by"]) == ("awaiting_moderation", world.volunteer.id)


async def test_an_offer_ends_with_a_reason_that_only_its_own_people_read(world: World) -> None:
    offer = await world.an_offer()

    wrong = await world.bench.post(world.volunteer, f"/api/v1/offers/{offer['id']}/close", {"because": "boredom"})
    closed = await world.do(world.volunteer, offer, "offers", "close", {"because": "all_given"})

    assert (wrong.status_code, closed["state"], closed["closed_because"]) == (422, "closed", "all_given")


async def test_a_volunteer_who_joins_an_organisation_gives_it_their_offer(world: World) -> None:
    offer = await world.an_offer()
    joined = account("member", actor=CLUB, account_id=UUID(str(world.volunteer.id)))

    before = await world.bench.post(world.volunteer, f"/api/v1/offers/{offer['id']}/hand_over")
    after = await world.do(joined, offer, "offers", "hand_over")
    colleague = await world.get(world.member, f"/api/v1/offers/{offer['id']}")

    assert before.status_code == 403
    assert after["provider"]["actor_id"] == str(CLUB) and colleague["entered_by"] == world.volunteer.id


async def test_results_count_what_was_fulfilled_and_nothing_of_anybody_else(world: World, clock: TestClock) -> None:
    match = await world.a_match(offer=await world.an_offer(world.member))
    for verb in ("accept", "start", "fulfil"):
        await world.do(world.member, match, "matches", verb)

    own = await world.get(world.member, "/api/v1/results?of=actor")
    other = await world.get(world.other_member, "/api/v1/results?of=actor")

    assert (own["households"], own["matches"], own["people"], own["by_category"]) == (1, 1, None, [{"category": "language.class", "matches": 1}])
    assert own["by_month"] == [{"month": clock().strftime("%Y-%m"), "matches": 1}] and other["matches"] == 0
    assert (await world.bench.get(world.observer, "/api/v1/results")).status_code == 403


def test_people_are_told_in_fives_and_from_five_households_on() -> None:
    def helped(number: int, size: int) -> Helped:
        return Helped(UUID(int=number), "housing.room", "person", size, "fulfilled", None)

    few = count([helped(number, 4) for number in range(4)])
    many = count([helped(number, 4) for number in range(6)] + [helped(1, 2)])

    assert (few.people, few.households) == (None, 4)
    assert (many.people, many.households, many.matches) == (25, 6, 7)


async def test_words_go_with_the_case_and_with_the_account(world: World) -> None:
    match = await world.a_match()
    await ask(world, world.volunteer, match)
    async with world.bench.service.open_work(Caller(kind="system")) as work:
        await work.questions.blank_account(UUID(str(world.volunteer.id)), work.now)

    read = await world.get(world.coordinator, f"/api/v1/matches/{match['id']}/questions")

    assert [(row["text"], row["answer"]) for row in read["items"]] == [(None, None)]
