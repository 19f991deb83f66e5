"""The kinds of messages, what each says, where it leads, and how it is sent unless the reader chose otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """What a message is about."""

    REQUEST_TO_ANSWER = "request_to_answer"
    REQUEST_WAITS = "request_waits"
    HELP_TO_REPORT = "help_to_report"
    NOBODY_TO_ANSWER = "nobody_to_answer"
    QUESTION_TO_ANSWER = "question_to_answer"
    QUESTION_ANSWERED = "question_answered"
    MATCH_ACCEPTED = "match_accepted"
    MATCH_DECLINED = "match_declined"
    MATCH_EXPIRED = "match_expired"
    MATCH_CANCELLED = "match_cancelled"
    MATCH_STARTED = "match_started"
    MATCH_FULFILLED = "match_fulfilled"
    MATCH_FAILED = "match_failed"
    PROPOSALS_READY = "proposals_ready"
    OFFER_TO_MODERATE = "offer_to_moderate"
    OFFER_APPROVED = "offer_approved"
    OFFER_REFUSED = "offer_refused"
    OFFER_REVIEW_DUE = "offer_review_due"
    ROUND_READY = "round_ready"
    ROUND_FAILED = "round_failed"
    ROUND_APPLIED = "round_applied"
    WEBHOOK_DISABLED = "webhook_disabled"
    SEARCH_FOUND = "search_found"
    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105 a kind of message, no password
    ADDRESS_TO_LEAVE = "address_to_leave"
    ADDRESS_TO_CONFIRM = "address_to_confirm"
    ADDRESS_CORRECTED = "address_corrected"
    ASK_TO_READ = "ask_to_read"
    OFFER_TO_CONFIRM = "offer_to_confirm"
    OFFER_TO_SIGN_IN_FOR = "offer_to_sign_in_for"
    SUGGESTION_ACCEPTED = "suggestion_accepted"
    SUGGESTION_REFUSED = "suggestion_refused"
    DIGEST = "digest"


class EmailChoice(StrEnum):
    """When a kind is sent by e-mail."""

    NOW = "now"
    DAILY = "daily"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Sentences:
    """The English words of a kind; they are the keys of the translations. `{count}` and the like are filled in.

    They name no person and no category of need: a subject line is read on locked screens and by mail servers.
    """

    title: str
    body: str
    link: str
    """The page that it leads to, with `{id}` for what it is about."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How a kind behaves."""

    sentences: Sentences
    email: EmailChoice = EmailChoice.NOW
    """Unless the reader chose otherwise."""
    in_app_fixed: bool = False
    """The reader cannot switch it off inside the hub, because somebody waits for the answer."""
    mail_only: bool = False
    """Goes to somebody who is not signed in; it has no notice and cannot be switched off."""
    while_state: frozenset[str] | None = None
    """The states of its subject in which it is worth telling; once the subject has moved on, it is overtaken. None: always."""


TRAITS: Mapping[Kind, Traits] = MappingProxyType(
    {
        Kind.REQUEST_TO_ANSWER: Traits(
            Sentences(
                "You have a request to answer",
                "A coordinator asks whether your offer can help somebody. Please accept or decline.",
                "/matches/{id}",
            ),
            in_app_fixed=True,
            while_state=frozenset({"confirmed"}),
        ),
        Kind.REQUEST_WAITS: Traits(
            Sentences(
                "A request still waits for your answer",
                "A coordinator reminds you of a request. Please accept or decline, so that others can be asked in time.",
                "/matches/{id}",
            ),
            in_app_fixed=True,
            while_state=frozenset({"confirmed"}),
        ),
        Kind.HELP_TO_REPORT: Traits(
            Sentences(
                "How does the help go?",
                "A coordinator asks whether the help that you accepted has begun, and how it went. One press on the page says it.",
                "/matches/{id}",
            ),
            while_state=frozenset({"accepted", "in_progress"}),
        ),
        Kind.NOBODY_TO_ANSWER: Traits(
            Sentences(
                "A request has nobody to answer it",
                "The provider of this offer has no active account. Please reach them in another way, or choose another offer.",
                "/matches/{id}",
            ),
            in_app_fixed=True,
            while_state=frozenset({"confirmed"}),
        ),
        Kind.QUESTION_TO_ANSWER: Traits(
            Sentences(
                "Somebody asks about a request",
                "Before they accept or decline, a provider would like to know something. The question is on the page of the match.",
                "/matches/{id}",
            ),
            in_app_fixed=True,
            while_state=frozenset({"confirmed", "accepted", "in_progress"}),
        ),
        Kind.QUESTION_ANSWERED: Traits(
            Sentences("Your question was answered", "The answer is on the page of the request.", "/matches/{id}"),
            while_state=frozenset({"confirmed", "accepted", "in_progress"}),
        ),
        Kind.MATCH_ACCEPTED: Traits(
            Sentences(
                "A request was accepted",
                "The provider accepted. You can now follow up and, where consent was given, see the contact.",
                "/matches/{id}",
            )
        ),
        Kind.MATCH_DECLINED: Traits(
            Sentences("A request was declined", "The provider declined. The need is open again and other proposals may fit.", "/matches/{id}")
        ),
        Kind.MATCH_EXPIRED: Traits(
            Sentences(
                "A request was not answered in time",
                "Nobody answered. The need is open again and other proposals may fit.",
                "/matches/{id}",
            )
        ),
        Kind.MATCH_CANCELLED: Traits(
            Sentences("A match was cancelled", "One side cancelled. The reason is on the page of the match.", "/matches/{id}")
        ),
        Kind.MATCH_STARTED: Traits(Sentences("The help began", "A match that you follow is in progress.", "/matches/{id}"), email=EmailChoice.OFF),
        Kind.MATCH_FULFILLED: Traits(Sentences("The help was given", "A match is fulfilled. Thank you for your part in it.", "/matches/{id}")),
        Kind.MATCH_FAILED: Traits(
            Sentences("A match came to nothing", "The help was not given in the end. The outcome is on the page of the match.", "/matches/{id}")
        ),
        Kind.PROPOSALS_READY: Traits(
            Sentences("Proposals are ready", "{count} offers fit a need that you recorded. See the reasons and choose.", "/needs/{id}"),
            email=EmailChoice.DAILY,
        ),
        Kind.OFFER_TO_MODERATE: Traits(
            Sentences("An offer waits for your approval", "Somebody posted an offer. Please read it, then approve or refuse it.", "/offers/{id}"),
            email=EmailChoice.DAILY,
            while_state=frozenset({"awaiting_moderation"}),
        ),
        Kind.OFFER_APPROVED: Traits(Sentences("Your offer is open", "Your offer was approved and can now be found.", "/offers/{id}")),
        Kind.OFFER_REFUSED: Traits(Sentences("Your offer was not approved", "The page of the offer says more.", "/offers/{id}")),
        Kind.OFFER_REVIEW_DUE: Traits(
            Sentences(
                "Is your offer still true?",
                "Please confirm your offer, change it or close it. Without an answer it will be paused.",
                "/offers/{id}",
            ),
            while_state=frozenset({"open", "full", "paused"}),
        ),
        Kind.ROUND_READY: Traits(
            Sentences("A round is ready for review", "{placed} of {count} needs have a place in the plan.", "/rounds/{id}"),
            email=EmailChoice.OFF,
        ),
        Kind.ROUND_FAILED: Traits(
            Sentences("A round could not be planned", "The page of the round says why.", "/rounds/{id}"), email=EmailChoice.OFF
        ),
        Kind.ROUND_APPLIED: Traits(
            Sentences("A round was applied", "{placed} of {count} needs became requests.", "/rounds/{id}"), email=EmailChoice.OFF
        ),
        Kind.WEBHOOK_DISABLED: Traits(
            Sentences(
                "A webhook was switched off",
                "Its address is gone or has failed for days. Repair it, then switch it on again.",
                "/webhooks/{id}",
            )
        ),
        Kind.SEARCH_FOUND: Traits(
            Sentences(
                "There is something new for a search that you keep",
                "{count} records are new or changed since the last message.",
                "/me/searches/{id}",
            )
        ),
        Kind.INVITATION: Traits(
            Sentences(
                "You are invited",
                "You are invited to take part in this hub of welcome. Follow the link to set up your account.",
                "/invitations/{token}",
            ),
            mail_only=True,
        ),
        Kind.PASSWORD_RESET: Traits(
            Sentences(
                "Choose a new password",
                "Somebody asked for a new password for your account. If it was you, follow the link. If not, do nothing.",
                "/reset/{token}",
            ),
            mail_only=True,
        ),
        Kind.ADDRESS_TO_LEAVE: Traits(
            Sentences(
                "Another address for your account",
                "Somebody who is signed in to your account wants mails to go to another address from now on. If it was you, follow the link and "
                "press the button there. If not, do nothing, and change your password.",
                "/email/confirm/{token}",
            ),
            mail_only=True,
        ),
        Kind.ADDRESS_CORRECTED: Traits(
            Sentences(
                "Another address for your account",
                "An administrator of this hub corrected the address of your account, and all its sessions have ended. Once the new address is "
                "confirmed, nothing is sent to this one any more. If you did not ask for it, tell the people who run this hub soon: the link says "
                "who they are.",
                "/imprint",
            ),
            mail_only=True,
        ),
        Kind.ADDRESS_TO_CONFIRM: Traits(
            Sentences(
                "Please confirm your new address",
                "Somebody, most likely you, wants to use this address for their account here. Follow the link and press the button there. If it "
                "was not you, do nothing.",
                "/email/confirm/{token}",
            ),
            mail_only=True,
        ),
        Kind.ASK_TO_READ: Traits(
            Sentences(
                "Somebody asks for help without a name",
                "A request under a code waits to be read. Please take it, or say that it cannot be done here.",
                "/asks/{id}",
            ),
            while_state=frozenset({"waiting"}),
        ),
        Kind.OFFER_TO_CONFIRM: Traits(
            Sentences(
                "Please confirm your offer",
                "Somebody, most likely you, wrote an offer of help and gave this address. Follow the link and press the button there, then a "
                "coordinator reads the offer. If it was not you, do nothing: after a few days everything is deleted.",
                "/offer/confirm/{token}",
            ),
            mail_only=True,
        ),
        Kind.OFFER_TO_SIGN_IN_FOR: Traits(
            Sentences(
                "Sign in and post your offer",
                "Somebody, most likely you, wrote an offer of help and gave this address, which has an account here. Follow the link to sign in "
                "and post it. If it was not you, do nothing: after a few days it is deleted.",
                "/offer/confirm/{token}",
            ),
            mail_only=True,
        ),
        Kind.SUGGESTION_ACCEPTED: Traits(
            Sentences(
                "Your suggestion was taken",
                "Thank you. What you suggested is in the registry now. Your address was used for this mail and is destroyed now.",
                "/suggest/answer/{id}",
            ),
            mail_only=True,
        ),
        Kind.SUGGESTION_REFUSED: Traits(
            Sentences(
                "Your suggestion was not taken",
                "Thank you for it. The page says why, if you still have the secret. Your address was used for this mail and is destroyed now.",
                "/suggest/answer/{id}",
            ),
            mail_only=True,
        ),
        Kind.DIGEST: Traits(Sentences("News of the day", "This is what happened since the last message:", "/notifications"), mail_only=True),
    }
)

CHOOSABLE: tuple[Kind, ...] = tuple(kind for kind in Kind if not TRAITS[kind].mail_only)
"""The kinds that a person can subscribe to, in the order in which they are shown."""

MAIL_ANSWER_LINK = "Answer here without signing in; it works once: {link}"
MAIL_ANSWER_CODE = "If that page asks for a code, it is this one: {code}"
ANSWER_PATH = "/answer#"
"""What follows the number sign never leaves the reader's browser, so the secret is in no log and in no referrer."""
ASKS_FOR_AN_ANSWER = (Kind.REQUEST_TO_ANSWER, Kind.REQUEST_WAITS)
"""The kinds whose mails may hold a link that answers without signing in."""
MAIL_FOOTER_LINK = "See it here: {link}"
MAIL_FOOTER_CHOICE = "Choose which messages you get: {link}"
MAIL_FOOTER_SENDER = "This message was sent by {instance}. It holds no personal data; please do not answer it."
PREFERENCES_PATH = "/preferences"


@dataclass(frozen=True, slots=True)
class Choice:
    """How a person wants one kind."""

    in_app: bool
    email: EmailChoice


def default_choice(kind: Kind) -> Choice:
    """What holds until a person chooses."""
    return Choice(in_app=True, email=TRAITS[kind].email)


def choice_of(kind: Kind, choices: Mapping[str, Mapping[str, object]]) -> Choice:
    """A person's choice for a kind from their stored choices; what is missing or no longer valid falls back to the default."""
    default = default_choice(kind)
    stored = choices.get(kind.value)
    if stored is None:
        return default
    email = str(stored.get("email"))
    return Choice(
        in_app=True if TRAITS[kind].in_app_fixed else bool(stored.get("in_app", True)),
        email=EmailChoice(email) if email in set(EmailChoice) else default.email,
    )


def is_overtaken(kind: Kind, state: str | None) -> bool:
    """Whether a message lost its sense because its subject is now in `state` (None: not known, so it still makes sense)."""
    wanted = TRAITS[kind].while_state
    return wanted is not None and state is not None and state not in wanted


def overtaken_by(state: str) -> tuple[Kind, ...]:
    """The kinds that lose their sense when their subject is in `state`."""
    return tuple(kind for kind in Kind if is_overtaken(kind, state))


def link_path(kind: Kind, subject_id: object) -> str:
    """The page that a message leads to, as a path. Kinds that lead to a secret link have none."""
    link = TRAITS[kind].sentences.link
    return "/" if "{token}" in link else link.format(id=subject_id)
