"""Offers, needs and matches: every step that is allowed, every one that is refused, and places that come back exactly once."""

from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Conflict
from services.matching.engine.types import Place, Unit
from services.matching.model import (
    AnswerStillDue,
    CancelReason,
    DeclineReason,
    Location,
    Match,
    MatchNotInState,
    MatchState,
    Need,
    NeedHasLiveMatch,
    NeedNotInState,
    NeedState,
    Offer,
    OfferIsFull,
    OfferNotInState,
    OfferState,
    Outcome,
    OutcomeDoesNotFit,
    PlaceFate,
    PlacesInUse,
    Provider,
    ProviderKind,
    Side,
    confirm,
    settle,
)
from tests.matching.worlds import NOW, an_id

LATER = NOW + timedelta(hours=1)
REVIEW = date(2026, 9, 1)
ANSWER_BY = NOW + timedelta(days=7)


def an_offer(**changes: Any) -> Offer:
    plain: dict[str, Any] = {
        "id": an_id(1),
        "category": "housing.room",
        "title": {"en": "A room"},
        "provider": Provider(ProviderKind.ACTOR, an_id(11)),
        "unit": Unit.PERSON,
        "places": 3,
        "returns": True,
        "location": Location(Place(45.19, 5.73), 5),
        "created_at": NOW,
        "updated_at": NOW,
        "state": OfferState.OPEN,
    }
    return Offer(**plain | changes)


def a_need(**changes: Any) -> Need:
    plain: dict[str, Any] = {"id": an_id(101), "case_id": an_id(201), "category": "housing", "size": 2}
    return Need(**plain | dict.fromkeys(("posted_at", "created_at", "updated_at"), NOW) | changes)


def a_match(**changes: Any) -> Match:
    made, _, _ = confirm(an_id(301), a_need(), an_offer(), 70_000, "default-1", an_id(401), ANSWER_BY, NOW)
    return replace(made, **changes)


OFFER_VERBS = {
    "post": lambda offer: offer.post(LATER, REVIEW, moderated=False),
    "approve": lambda offer: offer.approve(LATER),
    "pause": lambda offer: offer.pause(LATER),
    "resume": lambda offer: offer.resume(LATER, REVIEW),
    "still_true": lambda offer: offer.still_true(LATER, REVIEW),
    "close": lambda offer: offer.close(LATER),
    "change": lambda offer: offer.change(LATER, title={"en": "A large room"}),
    "reserve": lambda offer: offer.reserve(1, LATER),
    "release": lambda offer: offer.release(1, LATER),
}
OFFER_STEPS = {
    ("draft", "post"): "open",
    ("draft", "change"): "draft",
    ("draft", "close"): "closed",
    ("awaiting_moderation", "approve"): "open",
    ("awaiting_moderation", "change"): "awaiting_moderation",
    ("awaiting_moderation", "close"): "closed",
    ("open", "pause"): "paused",
    ("open", "still_true"): "open",
    ("open", "change"): "open",
    ("open", "close"): "closed",
    ("open", "reserve"): "open",
    ("full", "pause"): "paused",
    ("full", "still_true"): "full",
    ("full", "change"): "full",
    ("full", "close"): "closed",
    ("full", "release"): "open",
    ("paused", "resume"): "open",
    ("paused", "still_true"): "paused",
    ("paused", "change"): "paused",
    ("paused", "close"): "closed",
} | {(state, "release"): state for state in ("draft", "awaiting_moderation", "open", "paused", "closed")}


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize("verb", OFFER_VERBS)
def test_an_offer_takes_exactly_the_steps_of_its_state(state: OfferState, verb: str):
    offer = an_offer(state=state, places_used=3 if state is OfferState.FULL else 1)

    if (state.value, verb) in OFFER_STEPS:
        after = OFFER_VERBS[verb](offer)
        assert after.state == OFFER_STEPS[state.value, verb]
        assert (after.version, after.updated_at) == (2, LATER)
    else:
        with pytest.raises((OfferNotInState, OfferIsFull)):
            OFFER_VERBS[verb](offer)


def test_a_moderated_offer_waits_for_the_moderator_after_posting_and_after_each_change():
    posted = an_offer(state=OfferState.DRAFT).post(LATER, REVIEW, moderated=True)

    changed = posted.approve(LATER).change(LATER, moderated=True, title={"en": "Other words"})
    paused_then_changed = posted.approve(LATER).pause(LATER).change(LATER, moderated=True, title={"en": "Other words"})

    assert (posted.state, posted.posted_at, posted.review_on) == (OfferState.AWAITING_MODERATION, LATER, REVIEW)
    assert changed.state is paused_then_changed.state is OfferState.AWAITING_MODERATION


def test_the_last_place_makes_an_offer_full_and_a_freed_one_opens_it():
    full = an_offer().reserve(2, NOW).reserve(1, NOW)

    assert (full.state, full.places_left) == (OfferState.FULL, 0)
    assert full.release(1, NOW).state is OfferState.OPEN
    assert full.pause(NOW).resume(NOW, REVIEW).state is OfferState.FULL
    assert full.change(NOW, places=4).state is OfferState.OPEN
    assert full.pause(NOW).release(1, NOW).state is OfferState.PAUSED


def test_more_than_is_left_is_never_held_and_more_than_is_held_never_given_back():
    offer = an_offer(places_used=2)

    with pytest.raises(OfferIsFull):
        offer.reserve(2, NOW)
    with pytest.raises(PlacesInUse):
        offer.release(3, NOW)
    with pytest.raises(PlacesInUse):
        offer.change(NOW, places=1)


@pytest.mark.parametrize(("state", "days", "due"), [("open", 0, True), ("open", -1, False), ("full", 9, True), ("paused", 9, False)])
def test_an_open_offer_is_due_for_review_on_its_day(state: str, days: int, due: bool):
    offer = an_offer(state=OfferState(state), review_on=REVIEW)

    assert offer.is_due_for_review(REVIEW + timedelta(days=days)) is due


NEED_VERBS = ("match", "start", "reopen", "close", "withdraw", "change")
NEED_STEPS = {
    ("open", "match"): "matched",
    ("open", "withdraw"): "withdrawn",
    ("open", "change"): "open",
    ("matched", "start"): "in_progress",
    ("matched", "reopen"): "open",
    ("in_progress", "reopen"): "open",
    ("in_progress", "close"): "closed",
}


@pytest.mark.parametrize("state", NeedState)
@pytest.mark.parametrize("verb", NEED_VERBS)
def test_a_need_takes_exactly_the_steps_of_its_state(state: NeedState, verb: str):
    need = a_need(state=state)

    if (state.value, verb) in NEED_STEPS:
        after = getattr(need, verb)(LATER)
        assert after.state == NEED_STEPS[state.value, verb]
        assert (after.version, after.updated_at) == (2, LATER)
    else:
        with pytest.raises((NeedNotInState, NeedHasLiveMatch)):
            getattr(need, verb)(LATER)


def test_a_second_match_for_a_matched_need_is_refused_by_name():
    _, matched, offer = confirm(an_id(301), a_need(), an_offer(places=9), 1, "default-1", an_id(401), ANSWER_BY, NOW)

    with pytest.raises(NeedHasLiveMatch):
        confirm(an_id(302), matched, offer, 1, "default-1", an_id(401), ANSWER_BY, NOW)


MATCH_VERBS = {
    "accept": lambda match, now: match.accept(now),
    "decline": lambda match, now: match.decline(DeclineReason.TOO_FAR, now),
    "expire": lambda match, now: match.expire(now),
    "start": lambda match, now: match.start(now),
    "fulfil": lambda match, now: match.fulfil(Outcome.HELPED, now),
    "fail": lambda match, now: match.fail(Outcome.BROKEN_OFF, now),
    "cancel": lambda match, now: match.cancel(Side.CASE, CancelReason.MOVED_AWAY, now),
}
MATCH_STEPS = {
    ("confirmed", "accept"): "accepted",
    ("confirmed", "decline"): "declined",
    ("confirmed", "expire"): "expired",
    ("confirmed", "cancel"): "cancelled",
    ("accepted", "start"): "in_progress",
    ("accepted", "cancel"): "cancelled",
    ("in_progress", "fulfil"): "fulfilled",
    ("in_progress", "fail"): "not_fulfilled",
    ("in_progress", "cancel"): "cancelled",
}
AFTER_THE_DAY = ANSWER_BY + timedelta(days=1)


@pytest.mark.parametrize("state", MatchState)
@pytest.mark.parametrize("verb", MATCH_VERBS)
def test_a_match_takes_exactly_the_steps_of_its_state(state: MatchState, verb: str):
    match = a_match(state=state)

    if (state.value, verb) in MATCH_STEPS:
        after = MATCH_VERBS[verb](match, AFTER_THE_DAY)
        assert after.state == MATCH_STEPS[state.value, verb]
        assert (after.version, after.updated_at) == (2, AFTER_THE_DAY)
        assert after.is_live is (after.ended_at is None) is (after.places is PlaceFate.HELD)
    else:
        with pytest.raises(MatchNotInState):
            MATCH_VERBS[verb](match, AFTER_THE_DAY)


def test_a_match_does_not_expire_while_the_provider_may_answer():
    with pytest.raises(AnswerStillDue):
        a_match().expire(ANSWER_BY)

    assert not a_match().is_overdue(ANSWER_BY)
    assert a_match().is_overdue(AFTER_THE_DAY)


def test_outcomes_belong_to_their_ends():
    running = a_match(state=MatchState.IN_PROGRESS)

    with pytest.raises(OutcomeDoesNotFit):
        running.fulfil(Outcome.NO_SHOW_OF_CASE, NOW)
    with pytest.raises(OutcomeDoesNotFit):
        running.fail(Outcome.HELPED, NOW)
    assert running.fail(Outcome.NO_SHOW_OF_CASE, NOW).outcome is Outcome.NO_SHOW_OF_CASE


@pytest.mark.parametrize("returns", [True, False])
@pytest.mark.parametrize(
    ("steps", "need_state", "back"),
    [
        (["decline"], "open", True),
        (["expire"], "open", True),
        (["cancel"], "open", True),
        (["accept", "cancel"], "open", True),
        (["accept", "start", "cancel"], "open", True),
        (["accept", "start", "fail"], "open", True),
        (["accept", "start", "fulfil"], "closed", None),
        (["accept", "start"], "in_progress", False),
    ],
)
def test_places_come_back_with_the_end_except_what_was_consumed(returns: bool, steps: list[str], need_state: str, back: bool | None):
    match, need, offer = confirm(an_id(301), a_need(), an_offer(returns=returns), 1, "default-1", an_id(401), ANSWER_BY, NOW)

    for verb in steps:
        after = MATCH_VERBS[verb](match, AFTER_THE_DAY)
        need, offer = settle(match, after, need, offer, AFTER_THE_DAY)
        match = after

    assert need.state == need_state
    assert offer.places_used == (0 if (returns if back is None else back) else 2)


STEPS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["confirm", "close_offer", "pause", "resume", *MATCH_VERBS])), max_size=40)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.booleans(), st.integers(1, 6))
def test_whatever_happens_in_whatever_order_places_are_never_overbooked_nor_given_back_twice(steps, returns, places):
    offer = an_offer(places=places, returns=returns)
    needs = {number: a_need(id=an_id(101 + number), size=1 + number % 3) for number in range(5)}
    live: dict[int, Match] = {}
    ended: list[Match] = []

    for number, verb in steps:
        try:
            if verb == "confirm":
                match, needs[number], offer = confirm(an_id(1), needs[number], offer, 1, "default-1", an_id(2), ANSWER_BY, NOW)
                assert number not in live
                live[number] = match
            elif verb in MATCH_VERBS and number in live:
                after = MATCH_VERBS[verb](live[number], AFTER_THE_DAY)
                needs[number], offer = settle(live[number], after, needs[number], offer, AFTER_THE_DAY)
                if after.is_live:
                    live[number] = after
                else:
                    ended.append(after)
                    del live[number]
            elif verb in ("pause", "close_offer"):
                offer = offer.pause(NOW) if verb == "pause" else offer.close(NOW)
            elif verb == "resume":
                offer = offer.resume(NOW, REVIEW)
        except Conflict:
            pass
        consumed = sum(match.size for match in ended if match.places is PlaceFate.CONSUMED)
        assert offer.places_used == sum(match.size for match in live.values()) + consumed <= places
        assert {number for number, need in needs.items() if need.state in ("matched", "in_progress")} == live.keys()


def test_a_match_carries_no_free_text():
    texts = [field.name for field in fields(Match) if field.type is str or field.type == "str"]

    assert texts == ["weights"]


def test_refusals_say_what_to_do_without_repeating_what_was_sent():
    with pytest.raises(OfferIsFull) as refused:
        an_offer(places_used=2).reserve(2, datetime.now(NOW.tzinfo))

    assert refused.value.message.endswith("Choose another offer.")
    assert str(refused.value) == "The offer has 1 places left; 2 are asked for. Choose another offer."


def test_settling_an_ended_match_once_more_gives_nothing_back():
    match, need, offer = confirm(an_id(301), a_need(), an_offer(places_used=1), 1, "default-1", an_id(401), ANSWER_BY, NOW)
    declined = match.decline(DeclineReason.OTHER, NOW)
    need, offer = settle(match, declined, need, offer, NOW)

    again = settle(declined, declined, need, offer, NOW)

    assert again == (need, offer)
    assert offer.places_used == 1
