"""Cases, rounds, the limits of fields, and what free text may not hold."""

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import Invalid
from services.matching.engine.plan import Certificate, Plan
from services.matching.engine.types import Audience, LanguageWish, LevelRange, Link, LinkKind, Place, TimeWindow, TopicWish
from services.matching.model import (
    Case,
    CaseClosed,
    CaseHasLiveNeeds,
    CaseState,
    Consent,
    Household,
    Location,
    NeedState,
    Round,
    RoundFailure,
    RoundNotInState,
    RoundState,
    Wishes,
    contact_hints,
)
from tests.matching.test_model_match import LATER, a_need, an_offer
from tests.matching.worlds import NOW, an_id


def a_case(**changes: Any) -> Case:
    plain: dict[str, Any] = {
        "id": an_id(201),
        "code": "abcde-fghij-klmno-pqrst",
        "recorded_by": an_id(401),
        "actor_id": an_id(11),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Case(**plain | changes)


def pointers(refused: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(field.pointer, field.code) for field in refused.value.fields}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"category": "No such!"}, "/category", "not_a_code"),
        ({"title": {}}, "/title", "missing"),
        ({"title": {"en": " "}}, "/title", "missing"),
        ({"title": {"en": "x" * 121}}, "/title/en", "too_long"),
        ({"title": {"english language": "x"}}, "/title", "not_a_language"),
        ({"description": {"en": "x" * 2001}}, "/description/en", "too_long"),
        ({"description": {"fr": "Appelez le 06 12 34 56 78"}}, "/description/fr", "contains_phone_number"),
        ({"title": {"en": "Write to jo@example.org"}}, "/title/en", "contains_email_address"),
        ({"places": 0}, "/places", "out_of_range"),
        ({"places": 10_001}, "/places", "out_of_range"),
        ({"languages": frozenset({"français"})}, "/languages", "not_a_language"),
        ({"location": Location()}, "/location", "missing"),
        ({"location": Location(Place(91, 0))}, "/location/lat", "out_of_range"),
        ({"location": Location(Place(0, float("nan")))}, "/location/lon", "out_of_range"),
        ({"location": Location(Place(0, 0), 201)}, "/location/radius_km", "out_of_range"),
        ({"topics": (LevelRange("french", "b1", "a1"),)}, "/topics/0", "not_a_range"),
        ({"topics": (LevelRange("french", "a1", "13"),)}, "/topics/0", "not_a_range"),
        ({"topics": (LevelRange("french", "a1", None),)}, "/topics/0", "not_a_range"),
        ({"windows": (TimeWindow(7, 0, 60),)}, "/windows/0", "not_a_window"),
        ({"windows": (TimeWindow(0, 60, 60),)}, "/windows/0", "not_a_window"),
        ({"windows": (TimeWindow(0, 0, 1441),)}, "/windows/0", "not_a_window"),
        ({"windows": (TimeWindow(0, 0, 60),) * 21}, "/windows", "too_many"),
        ({"valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, "/valid_until", "ends_before_it_begins"),
        ({"provides": frozenset({"Step free"})}, "/provides", "not_a_code"),
        ({"requires": frozenset({f"tag{n}" for n in range(31)})}, "/requires", "too_many"),
        ({"household_min": 0}, "/household/min", "out_of_range"),
        ({"household_min": 4, "household_max": 3}, "/household/max", "below_the_least"),
    ],
)
def test_an_offer_is_refused_with_the_field_at_fault(changes: dict[str, Any], pointer: str, code: str):
    with pytest.raises(Invalid) as refused:
        an_offer(**changes).checked()

    assert pointers(refused) == {(pointer, code)}


def test_all_fields_at_fault_are_told_at_once_and_none_is_repeated():
    with pytest.raises(Invalid) as refused:
        an_offer().change(LATER, title={"en": "Call 0612345678"}, places=0)

    assert pointers(refused) == {("/title/en", "contains_phone_number"), ("/places", "out_of_range")}
    assert "0612345678" not in repr(refused.value.fields) + str(refused.value)


def test_what_only_coordinators_read_may_hold_a_number():
    offer = an_offer(description={"en": "Call 06 12 34 56 78"}, audience=Audience.COORDINATORS)

    assert offer.checked() is offer


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"size": 0}, "/size", "out_of_range"),
        ({"size": 101}, "/size", "out_of_range"),
        ({"languages": (LanguageWish("fr"), LanguageWish("FR"))}, "/languages", "twice"),
        ({"topics": (TopicWish("french", "d1"),)}, "/topics/0/level", "not_a_level"),
        ({"max_travel_km": 201}, "/max_travel_km", "out_of_range"),
        ({"from_date": date(2026, 2, 2), "until_date": date(2026, 2, 1)}, "/until", "ends_before_it_begins"),
        ({"preferences": frozenset({"A"})}, "/preferences", "not_a_code"),
        ({"links": (Link(LinkKind.AFTER, an_id(101)),)}, "/links", "links_to_itself"),
    ],
)
def test_a_need_is_refused_with_the_field_at_fault(changes: dict[str, Any], pointer: str, code: str):
    with pytest.raises(Invalid) as refused:
        a_need(**changes).checked()

    assert pointers(refused) == {(pointer, code)}


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"household": Household(0, 0)}, "/household", "out_of_range"),
        ({"household": Household(2, -1)}, "/household/children", "out_of_range"),
        ({"location": Place(45.191, 5.73)}, "/location", "too_exact"),
        ({"attributes": frozenset({"Not a tag"})}, "/attributes", "not_a_code"),
    ],
)
def test_a_case_is_refused_with_the_field_at_fault(changes: dict[str, Any], pointer: str, code: str):
    with pytest.raises(Invalid) as refused:
        a_case(**changes).checked()

    assert pointers(refused) == {(pointer, code)}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Tel. +33 6 12 34 56 78", ["phone_number"]),
        ("06.12.34.56.78", ["phone_number"]),
        ("(030) 123-45 67", ["phone_number"]),
        ("0612345678 ou 04-76-00-00-00", ["phone_number"]),
        ("٠٦١٢٣٤٥٦٧٨", ["phone_number"]),
        ("jo.doe+x@mail.example.org", ["email_address"]),
        ("jo (at) example (dot) org", ["email_address"]),
        ("jo＠example.org", ["email_address"]),
        ("Passport AB1234567", ["document_number"]),
        ("NIE X1234567L", ["document_number"]),
        ("FR76 3000 6000 0112 3456 7890 189", ["document_number"]),
        ("+33 6 12 34 56 78, jo@example.org, AB1234567", ["phone_number", "email_address", "document_number"]),
    ],
)
def test_text_that_looks_like_contact_data_is_found(text: str, kinds: list[str]):
    found = contact_hints(text)

    assert found == kinds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "French A1 to A2, Mondays 18:00-20:00, from 2026-01-15 to 2026-06-30.",
        "Le mardi de 18h30 à 20h00, du 15/01/2026 au 30/06/2026",
        "3 rooms of 12 m2 in 38000 Grenoble, 350 EUR",
        "Bus 12, tram A, 5-10 people @ the library",
        "Clothes in sizes 36 38 40",
    ],
)
def test_dates_hours_and_sizes_are_no_contact_data(text: str):
    found = contact_hints(text)

    assert found == []


def test_consent_follows_the_latest_word_and_ends_on_time():
    case = a_case().with_consent(Consent(True, True, NOW, version=2), NOW)

    assert case.with_consent(Consent(version=1), LATER) is case
    assert case.with_consent(Consent(version=3), LATER).consent.match is False
    assert case.consent.allows_match(NOW) and case.consent.allows_contact(NOW)
    assert not case.consent.allows_match(LATER) and not case.consent.allows_contact(LATER)


def test_a_closed_case_takes_consent_but_nothing_else():
    closed = a_case().close(LATER, live_needs=0)

    assert (closed.state, closed.version) == (CaseState.CLOSED, 2)
    assert closed.with_consent(Consent(version=1), LATER).version == 3
    for verb in (lambda: closed.change(LATER), lambda: closed.share_with(an_id(1), LATER), lambda: closed.unshare(an_id(1), LATER)):
        with pytest.raises(CaseClosed):
            verb()
    with pytest.raises(CaseClosed):
        closed.close(LATER, live_needs=0)


def test_a_case_with_live_needs_is_not_closed():
    with pytest.raises(CaseHasLiveNeeds):
        a_case().close(LATER, live_needs=1)


def test_a_case_is_seen_by_who_recorded_it_their_team_and_those_it_is_shared_with():
    case = a_case().share_with(an_id(12), LATER)
    nobody = an_id(499)

    assert case.is_seen_by(an_id(401), frozenset())
    assert case.is_seen_by(nobody, frozenset({an_id(11)}))
    assert case.is_seen_by(nobody, frozenset({an_id(12)}))
    assert not case.is_seen_by(nobody, frozenset({an_id(13)}))
    assert not case.unshare(an_id(12), LATER).is_seen_by(nobody, frozenset({an_id(12)}))


def test_a_need_takes_over_from_its_case_what_it_does_not_say_itself():
    case = a_case(
        household=Household(2, 3), languages=("ar", "fr"), attributes=frozenset({"women_only"}), location=Place(45.19, 5.73), consent=Consent(True)
    )

    facts = a_need(max_travel_km=1.5).facts(case)

    assert (facts.household, facts.attributes, facts.place, facts.max_travel_m, facts.consent_match) == (
        5,
        frozenset({"women_only"}),
        Place(45.19, 5.73),
        1500,
        True,
    )
    assert facts.languages == (LanguageWish("ar"), LanguageWish("fr"))
    assert a_need(languages=(LanguageWish("en"),)).facts(case).languages == (LanguageWish("en"),)
    assert not a_need(state=NeedState.MATCHED).facts(case).is_open
    assert not a_need().facts(case.close(LATER, live_needs=0)).is_open


def test_an_offers_facts_say_what_the_offer_says():
    offer = an_offer(places_used=1, posted_at=LATER)

    facts = offer.facts()

    assert (facts.places_left, facts.radius_m, facts.provider_id, facts.posted_at) == (2, 5000, f"actor:{an_id(11)}", LATER)
    assert facts.is_open
    assert not offer.pause(LATER).facts().is_open


PLAN = Plan((), (), (), Certificate(0, 0, 0.0, 0.0, True, 0, ()), 0)
ROUND_VERBS = {
    "edit": lambda one: one.edit(Wishes(frozenset({(an_id(101), an_id(1))}), seconds=60), LATER),
    "start": lambda one: one.start(LATER),
    "finish": lambda one: one.finish(PLAN, LATER),
    "fail": lambda one: one.fail(RoundFailure.SOLVER_STOPPED, LATER),
    "apply": lambda one: one.apply((an_id(301),), (), LATER),
}
ROUND_STEPS = {
    ("draft", "edit"): "draft",
    ("ready", "edit"): "draft",
    ("failed", "edit"): "draft",
    ("draft", "start"): "solving",
    ("solving", "finish"): "ready",
    ("solving", "fail"): "failed",
    ("ready", "apply"): "applied",
}


def a_round(**changes: Any) -> Round:
    return Round(id=an_id(501), created_by=an_id(401), created_at=NOW, updated_at=NOW, **changes)


@pytest.mark.parametrize("state", RoundState)
@pytest.mark.parametrize("verb", ROUND_VERBS)
def test_a_round_takes_exactly_the_steps_of_its_state(state: RoundState, verb: str):
    one = a_round(state=state, plan=PLAN)

    if (state.value, verb) in ROUND_STEPS:
        after = ROUND_VERBS[verb](one)
        assert after.state == ROUND_STEPS[state.value, verb]
        assert (after.version, after.updated_at) == (2, LATER)
        assert (after.plan is None) is (verb == "edit")
    else:
        with pytest.raises(RoundNotInState):
            ROUND_VERBS[verb](one)


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"seconds": 0}, "/seconds", "out_of_range"),
        ({"seconds": 601}, "/seconds", "out_of_range"),
        ({"pinned": frozenset({(an_id(1), an_id(2))}), "forbidden": frozenset({(an_id(1), an_id(2))})}, "/forbidden", "also_pinned"),
        ({"pinned": frozenset({(an_id(1), an_id(2)), (an_id(1), an_id(3))})}, "/pinned", "pinned_twice"),
        ({"pinned": frozenset({(an_id(1), an_id(2))}), "without_needs": frozenset({an_id(1)})}, "/pinned", "pinned_and_left_out"),
        ({"pinned": frozenset({(an_id(1), an_id(2))}), "without_offers": frozenset({an_id(2)})}, "/pinned", "pinned_and_left_out"),
    ],
)
def test_a_round_is_refused_with_the_field_at_fault(changes: dict[str, Any], pointer: str, code: str):
    with pytest.raises(Invalid) as refused:
        a_round(wishes=Wishes(**changes)).checked()

    assert pointers(refused) == {(pointer, code)}


def test_verbs_leave_the_former_copy_as_it_was():
    before = an_offer()

    after = before.reserve(1, NOW + timedelta(days=1))

    assert (before.places_used, before.version, after.places_used) == (0, 1, 1)
