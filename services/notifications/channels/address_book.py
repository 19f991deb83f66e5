"""Asks the vault in `people` for an address, at sending time and for one message; the answer is never stored."""

import asyncio
from dataclasses import dataclass, field

from chassis.call import Line, ServiceAway
from chassis.context import LOCALES
from chassis.identity import Caller
from services.notifications.model.kinds import ASKS_FOR_AN_ANSWER
from services.notifications.model.messages import Mail, MailState, Outcome, try_again

MYSELF = Caller(kind="service", id="notifications")
PATH = "/internal/v1/addresses"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes. It lives in memory while that message is sent, and does not show itself in logs."""

    email: str = field(repr=False)
    locale: str
    link_token: str | None = field(default=None, repr=False)


class AddressBook:
    """The signed line to the vault."""

    def __init__(self, line: Line, *, default_locale: str, seconds: float) -> None:
        self._line = line
        self._default_locale = default_locale
        self._seconds = seconds

    async def ask(self, mail: Mail) -> Address | Outcome:
        """The address for this mail, or what becomes of the mail without one: the vault may refuse for good (403, 404), may not have
        seen the event yet (409), or may be away."""
        body = {
            "recipient_kind": mail.recipient_kind.value,
            "recipient_id": str(mail.recipient_id),
            "event_id": str(mail.event_id),
            "purpose": "notification",
        }
        if mail.kind in ASKS_FOR_AN_ANSWER:
            body["answer_match_id"] = str(mail.subject_id)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._line.ask(MYSELF, "POST", PATH, body=body)
        except (ServiceAway, TimeoutError):
            return try_again("vault_away")
        if answer.status in (403, 404, 410):
            return Outcome(MailState.UNDELIVERABLE, "no_address")
        if answer.status != 200:
            return try_again("not_seen_yet" if answer.status == 409 else "vault_refused")
        try:
            found = answer.json()
            locale = str(found.get("locale") or "")
            token = found.get("link_token")
            return Address(str(found["email"]), locale if locale in LOCALES else self._default_locale, str(token) if token else None)
        except (ValueError, KeyError, AttributeError):
            return try_again("vault_unclear")

    async def close(self) -> None:
        """Let go of connections."""
        await self._line.transport.close()
