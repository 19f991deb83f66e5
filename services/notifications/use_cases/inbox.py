"""What a person does with their own messages: read them, and choose which ones they get."""

from collections.abc import Mapping
from uuid import UUID

from chassis.errors import Forbidden, NotFound
from chassis.paging import Listed, PageRequest
from services.notifications.model.kinds import CHOOSABLE, TRAITS, Choice, Kind, choice_of
from services.notifications.model.messages import Mail, MailState, Notice
from services.notifications.model.people import Preferences
from services.notifications.use_cases.tell import DELIVER_MAIL
from services.notifications.work import Work


class OnlyForPeople(Forbidden):
    """An inbox belongs to a person who signed in; API clients have webhooks."""


class OnlyForAdmins(Forbidden):
    """The list of outgoing messages is for administrators."""


class NothingToRetry(NotFound):
    """No mail of this id failed."""


def _me(work: Work) -> UUID:
    if work.caller.kind != "account" or work.caller.id is None:
        raise OnlyForPeople("Sign in as a person to see your messages.")
    return UUID(work.caller.id)


def _admin(work: Work) -> None:
    if work.caller.kind != "account" or work.caller.role != "admin":
        raise OnlyForAdmins("Only an administrator sees the outgoing messages.")


async def my_notifications(work: Work, request: PageRequest, *, unread: bool) -> Listed[Notice]:
    """One's own inbox, newest first."""
    return await work.notices.page(_me(work), request, unread=unread)


async def read_notification(work: Work, notice_id: UUID) -> Notice:
    """Mark one message as read."""
    return await work.notices.read(_me(work), notice_id, work.now)


async def read_all_notifications(work: Work) -> int:
    """Mark all messages as read; answers how many were not."""
    return await work.notices.read_all(_me(work), work.now)


async def my_preferences(work: Work) -> Preferences:
    """One's own choices."""
    return await work.people.preferences(_me(work))


async def choose(work: Work, choices: Mapping[Kind, Choice], version: int) -> Preferences:
    """Replace one's own choices; kinds that are not named go back to the default. What cannot be switched off stays on."""
    stored: dict[str, dict[str, object]] = {
        kind.value: {"in_app": choice.in_app or TRAITS[kind].in_app_fixed, "email": choice.email.value} for kind, choice in choices.items()
    }
    return await work.people.save_preferences(Preferences(_me(work), stored, version), version, work.now)


def effective(preferences: Preferences) -> dict[Kind, Choice]:
    """What holds for each kind, defaults included, in the order in which they are shown."""
    return {kind: choice_of(kind, preferences.choices) for kind in CHOOSABLE}


async def sent_messages(work: Work, request: PageRequest, state: MailState | None, kind: Kind | None = None) -> Listed[Mail]:
    """Outgoing mails, for the administrator: no address and no text."""
    _admin(work)
    return await work.mails.page(request, state, kind)


async def retry_message(work: Work, mail_id: UUID) -> None:
    """Try a mail that failed once more, at once. Raises NothingToRetry."""
    _admin(work)
    if not await work.mails.again(mail_id, work.now):
        raise NothingToRetry("There is no such mail, or it did not fail.")
    work.wake(DELIVER_MAIL)
    await work.audit.record("mail.retried", "mail", mail_id)


def may_see_caught(work: Work) -> None:
    """Only the administrator reads what the demo's mail catcher holds."""
    _admin(work)
