"""Accounts: who may sign in, in which role and place. Names and addresses are not here; they lie in the vault."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.errors import Conflict, Forbidden, Invalid, Unauthenticated, invalid_field
from contracts.roles import STAFF, Role

LOCALES = ("en", "fr", "de", "es", "it", "uk", "ar")
WITH_PLACE = frozenset({Role.MEMBER, Role.COORDINATOR})
"""Roles that may have a place in an actor; a member must have one."""


class AccountState(StrEnum):
    """How far an account is on its way. Erased is final."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"
    ERASED = "erased"


class AccountNotInState(Conflict):
    """The account is not in a state that allows this step."""


class LastAdmin(Conflict):
    """The step would leave the instance without an administrator."""


class SecondFactorMissing(Conflict):
    """The role works only with a second factor, and the account has none."""


class PlaceDoesNotFitRole(Invalid):
    """A member needs an actor; volunteers, observers and administrators have none."""


class MayNotInvite(Forbidden):
    """The caller may not invite somebody into that role or actor."""


class SignInRefused(Unauthenticated):
    """Address, password, code or state do not allow a sign-in. One error for all four, so that nobody learns which."""

    def __init__(self) -> None:
        super().__init__("Signing in did not work. Check what you typed, or ask for a new password.")


@dataclass(frozen=True, slots=True)
class Account:
    """A person who signs in. `actor_id` is their place in an actor; `version` counts the changes."""

    id: UUID
    version: int
    role: Role
    actor_id: UUID | None
    locale: str
    state: AccountState
    second_factor: bool
    created_at: datetime
    updated_at: datetime

    @property
    def is_active(self) -> bool:
        """Whether the holder can sign in and act."""
        return self.state is AccountState.ACTIVE

    @property
    def needs_second_factor(self) -> bool:
        """Whether signing in takes a code besides the password: staff always, others once they chose to."""
        return self.role in STAFF or self.second_factor

    def require_sign_in(self) -> None:
        """Refuse an account that cannot sign in: not active, or staff without a second factor. Raises SignInRefused."""
        if not self.is_active or (self.needs_second_factor and not self.second_factor):
            raise SignInRefused

    def activated(self, now: datetime, *, second_factor: bool, required: bool = True) -> "Account":
        """The invited person set up password and, as staff, a second factor. Raises AccountNotInState, SecondFactorMissing.

        `required=False`, here and below, lets staff pass without one: where the door admits them to nothing but its set-up, or in a demo.
        """
        self._require(AccountState.INVITED)
        if required and self.role in STAFF and not second_factor:
            raise SecondFactorMissing("This role needs a second factor; set one up first.")
        return self._changed(now, state=AccountState.ACTIVE, second_factor=second_factor)

    def with_role(self, role: Role, actor_id: UUID | None, now: datetime, *, other_admins: int, required: bool = True) -> "Account":
        """The account in another role or place; unchanged if it is there already. End its sessions if it changed.

        `other_admins` counts the other active administrators. Raises AccountNotInState, PlaceDoesNotFitRole, SecondFactorMissing, LastAdmin.
        """
        self._require(AccountState.INVITED, AccountState.ACTIVE, AccountState.DISABLED)
        if (role, actor_id) == (self.role, self.actor_id):
            return self
        require_place(role, actor_id)
        if role is not Role.ADMIN:
            self._keep_an_admin(other_admins)
        if required and self.state is not AccountState.INVITED and role in STAFF and not self.second_factor:
            raise SecondFactorMissing("This role needs a second factor; the person must set one up first.")
        return self._changed(now, role=role, actor_id=actor_id)

    def with_locale(self, locale: str, now: datetime) -> "Account":
        """The account with another language to read in. Raises Invalid, AccountNotInState."""
        self._require(AccountState.INVITED, AccountState.ACTIVE)
        require_locale(locale)
        return self if locale == self.locale else self._changed(now, locale=locale)

    def with_second_factor(self, now: datetime) -> "Account":
        """The account after a second factor was set up and proven. Raises AccountNotInState."""
        self._require(AccountState.ACTIVE)
        return self if self.second_factor else self._changed(now, second_factor=True)

    def without_second_factor(self, now: datetime, *, required: bool = True) -> "Account":
        """The account after its holder gave the second factor up; staff cannot. Raises SecondFactorMissing, AccountNotInState."""
        self._require(AccountState.ACTIVE)
        if required and self.role in STAFF:
            raise SecondFactorMissing("This role needs a second factor; replace it instead of removing it.")
        return self._changed(now, second_factor=False) if self.second_factor else self

    def disabled(self, now: datetime, *, other_admins: int) -> "Account":
        """The account that can no longer sign in. End its sessions. Raises AccountNotInState, LastAdmin."""
        self._require(AccountState.INVITED, AccountState.ACTIVE)
        self._keep_an_admin(other_admins)
        return self._changed(now, state=AccountState.DISABLED)

    def enabled(self, now: datetime, *, required: bool = True) -> "Account":
        """A disabled account that may sign in again. Raises AccountNotInState, SecondFactorMissing."""
        self._require(AccountState.DISABLED)
        if required and self.role in STAFF and not self.second_factor:
            raise SecondFactorMissing("This role needs a second factor; invite the person anew.")
        return self._changed(now, state=AccountState.ACTIVE)

    def erased(self, now: datetime, *, other_admins: int) -> "Account":
        """What stays of an account after erasure: its id and role, without place or second factor. Raises AccountNotInState, LastAdmin."""
        self._require(AccountState.INVITED, AccountState.ACTIVE, AccountState.DISABLED)
        self._keep_an_admin(other_admins)
        return self._changed(now, state=AccountState.ERASED, actor_id=None, second_factor=False)

    def touched(self, now: datetime) -> "Account":
        """The account after a change of what the vault holds about it: the version rises, so that two changes do not overwrite each other."""
        return self._changed(now)

    def _require(self, *states: AccountState) -> None:
        if self.state not in states:
            raise AccountNotInState("The account is {state}; this step is not possible.", state=self.state.value)

    def _keep_an_admin(self, other_admins: int) -> None:
        if self.role is Role.ADMIN and self.is_active and other_admins < 1:
            raise LastAdmin("This is the last administrator; make somebody else one first.")

    def _changed(self, now: datetime, **changes: object) -> "Account":
        return replace(self, version=self.version + 1, updated_at=now, **changes)  # type: ignore[arg-type]


def new_account(account_id: UUID, role: Role, actor_id: UUID | None, locale: str, now: datetime) -> Account:
    """An account for somebody who is invited. Raises PlaceDoesNotFitRole, Invalid."""
    require_place(role, actor_id)
    require_locale(locale)
    return Account(account_id, 1, role, actor_id, locale, AccountState.INVITED, False, now, now)


def require_place(role: Role, actor_id: UUID | None) -> None:
    """A member has a place in an actor, a coordinator may have one, nobody else has. Raises PlaceDoesNotFitRole."""
    if role is Role.MEMBER and actor_id is None:
        raise PlaceDoesNotFitRole("A member needs an actor; choose one.")
    if actor_id is not None and role not in WITH_PLACE:
        raise PlaceDoesNotFitRole("Only members and coordinators have a place in an actor; leave it out.")


def require_locale(locale: str) -> None:
    """One of the languages of the product. Raises Invalid at /locale."""
    if locale not in LOCALES:
        raise invalid_field("/locale", "unknown_locale", "Choose one of these languages: {locales}.", locales=", ".join(LOCALES))


def require_may_invite(inviter: Account, role: Role, actor_id: UUID | None) -> None:
    """Administrators invite anyone; coordinators volunteers, members and colleagues; members their own team. Raises MayNotInvite."""
    allowed = inviter.is_active and (
        inviter.role is Role.ADMIN
        or (inviter.role is Role.COORDINATOR and role in (Role.VOLUNTEER, Role.MEMBER, Role.COORDINATOR))
        or (inviter.role is Role.MEMBER and role is Role.MEMBER and actor_id is not None and actor_id == inviter.actor_id)
    )
    if not allowed:
        raise MayNotInvite("You may not invite somebody into this role; ask an administrator.")
