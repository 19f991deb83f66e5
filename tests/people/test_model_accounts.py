"""Accounts: states, roles, places and who may invite whom."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from chassis.errors import Invalid
from contracts.roles import SCOPES, STAFF, Role
from services.people.model.accounts import (
    Account,
    AccountNotInState,
    AccountState,
    LastAdmin,
    MayNotInvite,
    PlaceDoesNotFitRole,
    SecondFactorMissing,
    SignInRefused,
    new_account,
    require_may_invite,
)

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TEAM = UUID(int=7)


def an_account(
    role: Role = Role.VOLUNTEER, state: AccountState = AccountState.ACTIVE, second_factor: bool | None = None, actor_id: UUID | None = None
) -> Account:
    actor_id = TEAM if role is Role.MEMBER and actor_id is None else actor_id
    return Account(uuid4(), 3, role, actor_id, "en", state, role in STAFF if second_factor is None else second_factor, NOW, NOW)


def test_an_account_has_no_field_for_a_name_or_an_address():
    fields = set(Account.__slots__)

    assert fields == {"id", "version", "role", "actor_id", "locale", "state", "second_factor", "created_at", "updated_at"}
    assert {"read", "offers", "needs", "matches", "statistics", "registry"} == SCOPES


def test_an_invited_person_becomes_active_and_the_version_counts():
    account = new_account(uuid4(), Role.VOLUNTEER, None, "uk", NOW)

    active = account.activated(LATER, second_factor=False)

    assert (active.state, active.version, active.updated_at) == (AccountState.ACTIVE, 2, LATER)


@pytest.mark.parametrize("role", sorted(STAFF))
def test_staff_cannot_start_or_sign_in_without_a_second_factor(role: Role):
    invited = new_account(uuid4(), role, None, "en", NOW)

    with pytest.raises(SecondFactorMissing):
        invited.activated(NOW, second_factor=False)

    with pytest.raises(SignInRefused):
        an_account(role, second_factor=False).require_sign_in()
    an_account(role).require_sign_in()


@pytest.mark.parametrize("state", [AccountState.INVITED, AccountState.DISABLED, AccountState.ERASED])
def test_only_an_active_account_signs_in(state: AccountState):
    account = an_account(state=state)

    with pytest.raises(SignInRefused):
        account.require_sign_in()

    assert not account.is_active


@pytest.mark.parametrize(("role", "actor_id"), [(Role.MEMBER, None), (Role.VOLUNTEER, TEAM), (Role.OBSERVER, TEAM), (Role.ADMIN, TEAM)])
def test_a_place_must_fit_the_role(role: Role, actor_id: UUID | None):
    with pytest.raises(PlaceDoesNotFitRole):
        new_account(uuid4(), role, actor_id, "en", NOW)


def test_an_unknown_language_is_refused_without_repeating_it():
    with pytest.raises(Invalid) as refusal:
        new_account(uuid4(), Role.VOLUNTEER, None, "tlh-canary", NOW)

    assert refusal.value.fields[0].pointer == "/locale"
    assert "canary" not in repr(refusal.value.fields)


def test_a_volunteer_is_promoted_only_with_a_second_factor():
    without, with_one = an_account(), an_account(second_factor=True)

    with pytest.raises(SecondFactorMissing):
        without.with_role(Role.COORDINATOR, TEAM, LATER, other_admins=1)
    promoted = with_one.with_role(Role.COORDINATOR, TEAM, LATER, other_admins=1)

    assert (promoted.role, promoted.actor_id, promoted.version) == (Role.COORDINATOR, TEAM, 4)
    assert promoted.with_role(Role.COORDINATOR, TEAM, LATER, other_admins=1) is promoted


def test_the_last_administrator_cannot_leave():
    admin = an_account(Role.ADMIN)

    for step in (
        lambda: admin.disabled(NOW, other_admins=0),
        lambda: admin.erased(NOW, other_admins=0),
        lambda: admin.with_role(Role.VOLUNTEER, None, NOW, other_admins=0),
    ):
        with pytest.raises(LastAdmin):
            step()

    assert admin.disabled(NOW, other_admins=1).state is AccountState.DISABLED


def test_a_disabled_account_can_return_and_an_erased_one_cannot():
    account = an_account(Role.MEMBER)

    returned = account.disabled(NOW, other_admins=1).enabled(LATER)
    erased = returned.erased(LATER, other_admins=1)

    assert returned.is_active
    assert (erased.state, erased.actor_id, erased.second_factor) == (AccountState.ERASED, None, False)
    for step in (
        lambda: erased.enabled(LATER),
        lambda: erased.activated(LATER, second_factor=True),
        lambda: erased.with_locale("fr", LATER),
        lambda: erased.erased(LATER, other_admins=1),
        lambda: erased.disabled(LATER, other_admins=1),
        lambda: erased.with_role(Role.VOLUNTEER, None, LATER, other_admins=1),
    ):
        with pytest.raises(AccountNotInState):
            step()


def test_a_disabled_staff_account_that_never_had_a_factor_cannot_return():
    account = new_account(uuid4(), Role.OBSERVER, None, "en", NOW).disabled(NOW, other_admins=0)

    with pytest.raises(SecondFactorMissing):
        account.enabled(LATER)


def test_staff_keep_their_second_factor_and_others_may_give_it_up():
    volunteer = an_account().with_second_factor(NOW)

    assert volunteer.needs_second_factor
    assert volunteer.with_second_factor(NOW) is volunteer
    assert not volunteer.without_second_factor(LATER).needs_second_factor
    with pytest.raises(SecondFactorMissing):
        an_account(Role.ADMIN).without_second_factor(NOW)


def test_a_language_is_changed_once():
    account = an_account()

    changed = account.with_locale("ar", LATER)

    assert (changed.locale, changed.version) == ("ar", 4)
    assert changed.with_locale("ar", LATER) is changed


ALLOWED = {
    Role.ADMIN: set(Role),
    Role.COORDINATOR: {Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR},
    Role.MEMBER: {Role.MEMBER},
    Role.VOLUNTEER: set(),
    Role.OBSERVER: set(),
}


@pytest.mark.parametrize("inviter", list(Role))
@pytest.mark.parametrize("role", list(Role))
def test_each_role_invites_only_whom_it_may(inviter: Role, role: Role):
    caller = an_account(inviter)

    if role in ALLOWED[inviter]:
        require_may_invite(caller, role, TEAM)
    else:
        with pytest.raises(MayNotInvite):
            require_may_invite(caller, role, TEAM)


def test_a_member_invites_into_no_other_team_and_a_disabled_admin_nobody():
    with pytest.raises(MayNotInvite):
        require_may_invite(an_account(Role.MEMBER), Role.MEMBER, UUID(int=8))

    with pytest.raises(MayNotInvite):
        require_may_invite(an_account(Role.ADMIN, AccountState.DISABLED), Role.VOLUNTEER, None)
