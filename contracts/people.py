"""What `people` tells about accounts, consents and erasures: ids and flags, never a name or an address."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.envelope import Event
from contracts.instance import InstanceRules


class AccountState(Event):
    """What others may know of an account."""

    about: ClassVar[str] = "account_id"
    account_id: UUID
    version: int = Field(ge=1)
    role: str = Field(description="volunteer, member, coordinator, observer or admin.")
    actor_id: UUID | None = Field(None, description="The actor in which the person has a place.")
    locale: str = Field(description="The language the person reads: en, fr, de, es, it, uk or ar.")
    active: bool = Field(description="False: invited but not yet there, disabled, or erased.")


class AccountActivatedV1(AccountState):
    """Emitted when a person set up their account and can sign in."""

    type_name: ClassVar[str] = "hub.people.account.activated.v1"


class AccountChangedV1(AccountState):
    """Emitted when role, place or language changed."""

    type_name: ClassVar[str] = "hub.people.account.changed.v1"


class AccountDisabledV1(AccountState):
    """Emitted when an account can no longer sign in."""

    type_name: ClassVar[str] = "hub.people.account.disabled.v1"


class InvitationIssuedV1(Event):
    """Emitted when somebody is invited. The mail's address and link are asked from the vault when it is sent."""

    type_name: ClassVar[str] = "hub.people.invitation.issued.v1"
    about: ClassVar[str] = "invitation_id"
    invitation_id: UUID
    role: str
    locale: str
    expires_at: AwareDatetime


class AccountResetRequestedV1(Event):
    """Emitted when the holder of an account asks for a new password. The link is asked from the vault when the mail is sent."""

    type_name: ClassVar[str] = "hub.people.account.reset_requested.v1"
    about: ClassVar[str] = "account_id"
    account_id: UUID
    reset_id: UUID
    locale: str


class AccountEmailChangeRequestedV1(Event):
    """Emitted when the holder of an account wants another e-mail address, or an administrator corrects it. Two mails go out, to the old and to the
    new address; both addresses and their links are asked from the vault when they are sent."""

    type_name: ClassVar[str] = "hub.people.account.email_change_requested.v1"
    about: ClassVar[str] = "change_id"
    change_id: UUID
    account_id: UUID
    locale: str
    corrected: bool = Field(False, description="Whether an administrator asked for it: the old address is only told, the new one is confirmed.")


class RegistrationRequestedV1(Event):
    """Emitted when somebody gave their address to offer help. The address and the link are asked from the vault when the mail is sent."""

    type_name: ClassVar[str] = "hub.people.registration.requested.v1"
    about: ClassVar[str] = "registration_id"
    registration_id: UUID
    known: bool = Field(description="Whether the address has an account already; the mail then says so, the page that was asked does not.")
    locale: str


class SuggestionAnswerDueV1(Event):
    """Emitted when a suggestion was decided and its sender left an address. The address is asked from the vault when the mail is sent."""

    type_name: ClassVar[str] = "hub.people.suggestion.answer_due.v1"
    about: ClassVar[str] = "suggestion_id"
    suggestion_id: UUID
    outcome: str = Field(description="accepted or refused.")
    locale: str


class ConsentState(Event):
    """What a person allows at present. The text and the person are known to `people` alone."""

    about: ClassVar[str] = "subject_id"
    subject_kind: str = Field(description="case or account.")
    subject_id: UUID
    version: int = Field(ge=1)
    match: bool = Field(description="May be paired.")
    share_contact: bool = Field(description="The other side of an accepted match may see the contact.")
    until: AwareDatetime | None = Field(None, description="End of the consent, if it has one.")


class ConsentGivenV1(ConsentState):
    """Emitted when a consent was given or widened."""

    type_name: ClassVar[str] = "hub.people.consent.given.v1"


class ConsentWithdrawnV1(ConsentState):
    """Emitted when a consent was withdrawn or ran out."""

    type_name: ClassVar[str] = "hub.people.consent.withdrawn.v1"


class PersonErasedV1(Event):
    """Emitted when a person was erased. Every service obeys: it deletes what it holds about this subject."""

    type_name: ClassVar[str] = "hub.people.person.erased.v1"
    about: ClassVar[str] = "subject_id"
    subject_kind: str = Field(description="case or account.")
    subject_id: UUID


class InstanceChangedV1(InstanceRules):
    """Emitted when an administrator changed the settings of the hub. It carries all that other services follow; nothing in it is about a person."""

    type_name: ClassVar[str] = "hub.people.instance.changed.v1"
