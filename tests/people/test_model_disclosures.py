"""Consents, disclosures, the alarm and erasures: who sees which contact, and every way to be refused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import HubError
from contracts.roles import Role
from services.people.model import consents as c
from services.people.model import disclosures as d
from services.people.model.accounts import Account, AccountState
from services.people.model.erasure import Kept, Step, contact_goes_at, plan_erasure
from services.people.model.fields import CONTACT, Field
from services.people.model.persons import PersonRef

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CODE = "K7QX-9M2D-04TB-ZRHW"
CASE = PersonRef.of_case(CODE)
CITY, OTHER_TEAM, CLUB = UUID(int=1), UUID(int=2), UUID(int=3)
ANN, BEN, CLEO = UUID(int=11), UUID(int=12), UUID(int=13)


def caller(role: Role, account_id: UUID | None = None, actor_id: UUID | None = None, state: AccountState = AccountState.ACTIVE) -> Account:
    return Account(account_id or uuid4(), 1, role, actor_id, "en", state, True, NOW, NOW)


VOLUNTEER = caller(Role.VOLUNTEER, ANN)
MEMBER = caller(Role.MEMBER, BEN, CLUB)
COORDINATOR = caller(Role.COORDINATOR, CLEO, CITY)
BY_VOLUNTEER = d.Match(uuid4(), d.MatchState.ACCEPTED, CODE, ANN, None, ANN, CLEO, CITY)
BY_CLUB = replace(BY_VOLUNTEER, provider_account_id=None, provider_actor_id=CLUB, answered_by=BEN)


def consent(person: PersonRef, recipient: c.Recipient, *fields: Field, until: datetime | None = None) -> c.Consent:
    return c.give_contact_consent(uuid4(), person, recipient, fields or (Field.NAME,), "2027-1", c.Channel.WEB, NOW - DAY, until)


CASE_AGREES = consent(CASE, c.Recipient.PROVIDER, Field.NAME, Field.PHONE)
ANN_AGREES = consent(PersonRef.of_account(ANN), c.Recipient.CASE_TEAM, Field.EMAIL)
BEN_AGREES = consent(PersonRef.of_account(BEN), c.Recipient.CASE_TEAM, Field.NAME, Field.EMAIL)
ALL = [CASE_AGREES, ANN_AGREES, BEN_AGREES]


@pytest.mark.parametrize("state", sorted(d.SHOWING))
def test_the_volunteer_sees_the_consented_contact_of_the_case(state: d.MatchState):
    answer = d.decide(replace(BY_VOLUNTEER, state=state), VOLUNTEER, ALL, NOW)

    assert answer == d.Disclosure(BY_VOLUNTEER.id, d.Side.PROVIDER, CASE, frozenset({Field.NAME, Field.PHONE}))


def test_any_member_of_the_providing_actor_sees_the_contact_of_the_case():
    answer = d.decide(BY_CLUB, caller(Role.MEMBER, actor_id=CLUB), ALL, NOW)

    assert isinstance(answer, d.Disclosure)
    assert answer.person == CASE


def test_a_member_who_offers_in_person_sees_the_contact_of_the_case():
    answer = d.decide(replace(BY_VOLUNTEER, provider_account_id=BEN), MEMBER, ALL, NOW)

    assert isinstance(answer, d.Disclosure)


def test_the_coordinator_sees_the_volunteers_contact():
    answer = d.decide(BY_VOLUNTEER, COORDINATOR, ALL, NOW)

    assert answer == d.Disclosure(BY_VOLUNTEER.id, d.Side.CASE, PersonRef.of_account(ANN), frozenset({Field.EMAIL}))


def test_the_coordinator_sees_the_contact_of_the_member_who_accepted():
    answer = d.decide(BY_CLUB, COORDINATOR, ALL, NOW)

    assert answer == d.Disclosure(BY_CLUB.id, d.Side.CASE, PersonRef.of_account(BEN), frozenset({Field.NAME, Field.EMAIL}))


def test_a_team_with_which_the_case_was_shared_counts_and_so_does_a_recorder_without_a_team():
    shared = replace(BY_VOLUNTEER, shared_with=frozenset({OTHER_TEAM}))
    teamless = replace(BY_VOLUNTEER, case_actor_id=None)

    assert d.side_of(shared, caller(Role.COORDINATOR, actor_id=OTHER_TEAM)) is d.Side.CASE
    assert d.side_of(teamless, caller(Role.COORDINATOR, CLEO)) is d.Side.CASE


STRANGERS = {
    "another volunteer": caller(Role.VOLUNTEER),
    "a member of another actor": caller(Role.MEMBER, actor_id=OTHER_TEAM),
    "a member of the team of the case": caller(Role.MEMBER, actor_id=CITY),
    "a coordinator of another team": caller(Role.COORDINATOR, actor_id=OTHER_TEAM),
    "a coordinator without a team": caller(Role.COORDINATOR),
    "a coordinator of the providing actor": caller(Role.COORDINATOR, actor_id=CLUB),
    "the recorder who left the team": caller(Role.COORDINATOR, CLEO, OTHER_TEAM),
    "the recorder who is no coordinator": caller(Role.OBSERVER, CLEO),
    "an observer": caller(Role.OBSERVER, actor_id=CITY),
    "an administrator": caller(Role.ADMIN, actor_id=CITY),
    "a disabled volunteer": caller(Role.VOLUNTEER, ANN, state=AccountState.DISABLED),
    "an invited volunteer": caller(Role.VOLUNTEER, ANN, state=AccountState.INVITED),
    "an erased volunteer": caller(Role.VOLUNTEER, ANN, state=AccountState.ERASED),
    "the volunteer as observer": caller(Role.OBSERVER, ANN),
}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("match", [BY_VOLUNTEER, BY_CLUB], ids=["volunteer", "club"])
@pytest.mark.parametrize("state", list(d.MatchState))
def test_a_stranger_learns_nothing_whatever_the_state(who: str, match: d.Match, state: d.MatchState):
    answer = d.decide(replace(match, state=state), STRANGERS[who], ALL, NOW)

    assert answer is d.Refusal.NOT_A_PARTY


def test_a_volunteer_is_no_party_to_an_actors_match_and_a_member_none_to_anothers_own():
    assert d.decide(BY_CLUB, VOLUNTEER, ALL, NOW) is d.Refusal.NOT_A_PARTY

    assert d.decide(replace(BY_VOLUNTEER, provider_actor_id=CLUB), MEMBER, ALL, NOW) is d.Refusal.NOT_A_PARTY


def test_a_match_that_names_no_provider_has_no_provider_side():
    nobody = replace(BY_CLUB, provider_actor_id=None)

    assert d.side_of(nobody, caller(Role.MEMBER)) is None
    assert d.side_of(nobody, VOLUNTEER) is None
    assert d.side_of(BY_CLUB, caller(Role.VOLUNTEER, actor_id=CLUB)) is None


def test_a_stored_consent_of_another_purpose_or_to_an_internal_field_shows_nothing():
    pairing = replace(CASE_AGREES, purpose=c.Purpose.PAIRING)
    internal = replace(CASE_AGREES, fields=frozenset({Field.TOTP_SECRET}))

    assert d.decide(BY_VOLUNTEER, VOLUNTEER, [pairing], NOW) is d.Refusal.NO_CONSENT
    assert not isinstance(d.decide(BY_VOLUNTEER, VOLUNTEER, [internal], NOW), d.Disclosure)


@pytest.mark.parametrize("state", sorted(set(d.MatchState) - d.SHOWING))
@pytest.mark.parametrize("who", [VOLUNTEER, COORDINATOR], ids=["provider", "case"])
def test_outside_an_accepted_match_nothing_is_shown(state: d.MatchState, who: Account):
    answer = d.decide(replace(BY_VOLUNTEER, state=state), who, ALL, NOW)

    assert answer is (d.Refusal.NOT_ACCEPTED if state is d.MatchState.CONFIRMED else d.Refusal.OVER)


@pytest.mark.parametrize("answered_by", [None, CLEO])
def test_an_actor_for_whom_nobody_of_its_own_answered_has_no_contact(answered_by: UUID | None):
    answer = d.decide(replace(BY_CLUB, answered_by=answered_by), COORDINATOR, ALL, NOW)

    assert answer is d.Refusal.NOBODY_ANSWERED


@pytest.mark.parametrize("who", [VOLUNTEER, COORDINATOR], ids=["provider", "case"])
def test_without_a_consent_for_this_side_nothing_is_shown(who: Account):
    wrong_way = [
        consent(CASE, c.Recipient.CASE_TEAM),
        consent(PersonRef.of_account(ANN), c.Recipient.PROVIDER),
        consent(PersonRef.of_case("0000-0000-0000-0000"), c.Recipient.PROVIDER),
        c.give_pairing_consent(uuid4(), CASE, "1", c.Channel.WEB, NOW),
        c.give_pairing_consent(uuid4(), PersonRef.of_account(ANN), "1", c.Channel.WEB, NOW),
    ]

    assert d.decide(BY_VOLUNTEER, who, [], NOW) is d.Refusal.NO_CONSENT
    assert d.decide(BY_VOLUNTEER, who, wrong_way, NOW) is d.Refusal.NO_CONSENT


def test_a_withdrawn_or_ended_consent_shows_nothing_at_once():
    withdrawn = CASE_AGREES.withdrawn(NOW)
    ending = consent(CASE, c.Recipient.PROVIDER, until=NOW)

    assert d.decide(BY_VOLUNTEER, VOLUNTEER, [withdrawn], NOW) is d.Refusal.CONSENT_ENDED
    assert d.decide(BY_VOLUNTEER, VOLUNTEER, [ending], NOW) is d.Refusal.CONSENT_ENDED
    assert isinstance(d.decide(BY_VOLUNTEER, VOLUNTEER, [ending], NOW - HOUR), d.Disclosure)
    assert isinstance(d.decide(BY_VOLUNTEER, VOLUNTEER, [withdrawn, ending, CASE_AGREES], NOW), d.Disclosure)


def test_each_refusal_has_an_error_of_its_own_and_a_stranger_gets_404():
    errors = {refusal: refusal.error() for refusal in d.Refusal}

    assert len({error.code() for error in errors.values()}) == len(d.Refusal)
    assert {refusal.value: error.status for refusal, error in errors.items()} == {
        "not_a_party": 404,
        "not_accepted": 409,
        "over": 409,
        "nobody_answered": 409,
        "no_consent": 403,
        "consent_ended": 403,
        "no_contact": 404,
    }
    assert all(isinstance(error, HubError) and CODE not in str(error) for error in errors.values())


def test_the_consents_to_load_are_those_of_the_case_and_of_the_provider():
    assert d.wanted_persons(BY_VOLUNTEER) == {CASE, PersonRef.of_account(ANN)}

    assert d.wanted_persons(BY_CLUB) == {CASE, PersonRef.of_account(BEN)}
    assert d.wanted_persons(replace(BY_CLUB, answered_by=None)) == {CASE}


@given(
    st.sampled_from(list(d.MatchState)),
    st.sampled_from(list(Role)),
    st.sampled_from([ANN, BEN, CLEO]),
    st.sampled_from([None, CITY, CLUB]),
    st.sampled_from([BY_VOLUNTEER, BY_CLUB]),
    st.lists(st.sampled_from([*ALL, *(one.withdrawn(NOW) for one in ALL)]), max_size=4),
)
def test_whatever_is_shown_was_accepted_and_consented_and_is_not_ones_own(
    state: d.MatchState, role: Role, account_id: UUID, actor_id: UUID | None, match: d.Match, given_consents: list[c.Consent]
):
    answer = d.decide(replace(match, state=state), caller(role, account_id, actor_id), given_consents, NOW)

    if isinstance(answer, d.Disclosure):
        live = [one for one in given_consents if one.person == answer.person and one.live(NOW)]
        assert state in d.SHOWING
        assert role in (Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR)
        assert answer.fields
        assert all(any(field in one.fields for one in live) for field in answer.fields)
        assert answer.fields <= CONTACT


def test_fifty_persons_an_hour_are_work_and_fifty_one_an_alarm():
    reads = [d.ContactRead(PersonRef.of_account(UUID(int=number)), NOW) for number in range(50)]
    again = [*reads, *reads]
    one_more = [*reads, d.ContactRead(CASE, NOW)]

    assert not d.is_alarming(again, NOW)
    assert d.is_alarming(one_more, NOW)
    assert d.persons_read(one_more, NOW + HOUR) == 0


def test_a_consent_lives_from_when_it_was_given_until_it_ends_or_is_withdrawn():
    given_now = c.give_pairing_consent(uuid4(), CASE, "1", c.Channel.PAPER, NOW, NOW + DAY)

    assert given_now.live(NOW)
    assert given_now.live(NOW - timedelta(seconds=60))
    assert not given_now.live(NOW - timedelta(seconds=61))
    assert not given_now.live(NOW + DAY)
    assert not given_now.withdrawn(NOW + HOUR).live(NOW)
    assert given_now.withdrawn(NOW).withdrawn(NOW + HOUR).withdrawn_at == NOW


def test_a_consent_that_is_not_clear_is_refused():
    for attempt in (
        lambda: c.give_contact_consent(uuid4(), CASE, c.Recipient.NOBODY, [Field.NAME], "1", c.Channel.WEB, NOW),
        lambda: c.give_contact_consent(uuid4(), CASE, c.Recipient.PROVIDER, [], "1", c.Channel.WEB, NOW),
        lambda: c.give_contact_consent(uuid4(), CASE, c.Recipient.PROVIDER, [Field.TOTP_SECRET], "1", c.Channel.WEB, NOW),
        lambda: c.give_pairing_consent(uuid4(), CASE, " ", c.Channel.WEB, NOW),
        lambda: c.give_pairing_consent(uuid4(), CASE, "x" * 41, c.Channel.WEB, NOW),
        lambda: c.give_pairing_consent(uuid4(), CASE, "1", c.Channel.WEB, NOW, NOW),
    ):
        with pytest.raises(c.ConsentNotClear):
            attempt()


def test_the_flags_say_what_is_allowed_and_when_the_first_part_of_it_ends():
    pairing = c.give_pairing_consent(uuid4(), CASE, "1", c.Channel.WEB, NOW, NOW + 9 * DAY)
    soon, later = (consent(CASE, c.Recipient.PROVIDER, until=NOW + days * DAY) for days in (1, 5))

    assert c.flags([pairing, soon, later], CASE, NOW) == c.ConsentFlags(True, True, NOW + 5 * DAY)
    assert c.flags([pairing, CASE_AGREES, soon], CASE, NOW) == c.ConsentFlags(True, True, NOW + 9 * DAY)
    assert c.flags([pairing.withdrawn(NOW), CASE_AGREES], CASE, NOW) == c.ConsentFlags(False, True, None)
    assert c.flags([ANN_AGREES], CASE, NOW) == c.ConsentFlags(False, False, None)


def test_an_erasure_writes_the_tombstone_first_then_destroys_the_key():
    account, case = plan_erasure(PersonRef.of_account(ANN), NOW), plan_erasure(CASE, NOW)

    assert account.steps == tuple(Step)
    assert account.steps[:2] == case.steps[:2] == (Step.RECORD_TOMBSTONE, Step.DESTROY_PERSON_KEY)
    assert case.steps[2:] == (Step.DELETE_SEALED_FIELDS, Step.DELETE_CONSENTS, Step.TELL_OTHERS, Step.TRUNCATE_CHECKPOINT)
    assert account.kept == {Kept.TOMBSTONE, Kept.AUDIT_ROWS, Kept.ACCOUNT_ID}
    assert Kept.ACCOUNT_ID not in case.kept
    assert account.backups_gone_by == contact_goes_at(NOW) == NOW + 30 * DAY
