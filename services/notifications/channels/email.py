"""E-mail over SMTP: plain text in the reader's language, with a link and no personal data; the Message-ID is the same at each attempt."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import quote, urlsplit

import aiosmtplib

from chassis.language import translate
from services.notifications.channels.address_book import Address
from services.notifications.model import kinds
from services.notifications.model.messages import SENT, Mail, MailState, Outcome, try_again


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server. `tls` is none, starttls or tls; `seconds` limits one conversation."""

    host: str
    port: int
    tls: str
    user: str | None
    password: str | None
    seconds: float


class EmailChannel:
    """Writes mails and hands them to the mail server."""

    def __init__(self, server: MailServer, *, sender: str, instance: str, public_url: str) -> None:
        self._server = server
        self._sender = sender
        self._sender_parts = sender.rpartition("@")
        self._public_url = public_url.rstrip("/")
        self._domain = urlsplit(self._public_url).hostname or "localhost"
        self.call_hub(instance)  # raises at start, not at the first mail
        # Said in EHLO. Left alone, the library asks the name service for this machine's own name, which can take seconds and tells it.
        self._greeting = self._domain if any(char.isalpha() for char in self._domain) and ":" not in self._domain else "localhost"

    def call_hub(self, name: str) -> None:
        """Name the hub so in the mails from now on."""
        user, _, domain = self._sender_parts
        self._instance, self._from = name, HeaderAddress(name, user, domain)

    def write(self, mail: Mail, address: Address, items: Sequence[Mail] = ()) -> EmailMessage:
        """The mail as it travels; `items` are what a daily mail tells. Raises ValueError for an address that cannot be written to."""
        sentences = kinds.TRAITS[mail.kind].sentences
        locale = address.locale
        message = EmailMessage(policy=SMTP)
        message["Subject"] = translate(sentences.title, locale)
        message["From"] = self._from
        message["To"] = HeaderAddress(addr_spec=address.email)
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = f"<{mail.id}@{self._domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = locale
        message["X-Hub-Correlation-Id"] = str(mail.correlation_id)
        footer = [translate(kinds.MAIL_FOOTER_SENDER, locale, {"instance": self._instance})]
        if mail.account_id is not None and "{token}" not in sentences.link:
            choices = self._public_url + kinds.PREFERENCES_PATH
            message["List-Unsubscribe"] = f"<{choices}>"
            footer.append(translate(kinds.MAIL_FOOTER_CHOICE, locale, {"link": choices}))
        paragraphs = [translate(sentences.body, locale, mail.numbers), *self._lines(items, locale)]
        if mail.kind in kinds.ASKS_FOR_AN_ANSWER and address.link_token:
            link = self._public_url + kinds.ANSWER_PATH + quote(address.link_token, safe="")
            paragraphs.append(translate(kinds.MAIL_ANSWER_LINK, locale, {"link": link}))
            paragraphs.append(translate(kinds.MAIL_ANSWER_CODE, locale, {"code": address.link_token}))
        paragraphs.append(translate(kinds.MAIL_FOOTER_LINK, locale, {"link": self._link(mail, address)}))
        message.set_content("\n\n".join(paragraphs) + "\n\n-- \n" + "\n".join(footer) + "\n")
        return message

    def _lines(self, items: Sequence[Mail], locale: str) -> list[str]:
        return [
            "- " + translate(kinds.TRAITS[item.kind].sentences.title, locale) + f"\n  {self._public_url}{kinds.link_path(item.kind, item.subject_id)}"
            for item in items
        ]

    def _link(self, mail: Mail, address: Address) -> str:
        link = kinds.TRAITS[mail.kind].sentences.link
        if "{token}" in link:
            return self._public_url + link.format(token=quote(address.link_token or "", safe=""))
        return self._public_url + link.format(id=mail.subject_id)

    async def send(self, mail: Mail, address: Address, items: Sequence[Mail] = ()) -> Outcome:
        """One attempt. A recipient or a message that the server refuses for good (5xx) is refused; everything else is tried again."""
        if "{token}" in kinds.TRAITS[mail.kind].sentences.link and not address.link_token:
            return Outcome(MailState.UNDELIVERABLE, "no_link")
        try:
            message = self.write(mail, address, items)
        except (ValueError, IndexError):  # the email package raises either for an address that has no valid form
            return Outcome(MailState.UNDELIVERABLE, "bad_address")
        try:
            async with asyncio.timeout(self._server.seconds):
                await self._deliver(message, address.email)
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            return self._refused(max((each.code for each in refusal.recipients), default=0))
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as refusal:
            return self._refused(refusal.code)
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return try_again("mail_server_away")
        except ValueError:  # an address outside ASCII that this server cannot take
            return Outcome(MailState.UNDELIVERABLE, "bad_address")
        return SENT

    async def _deliver(self, message: EmailMessage, recipient: str) -> None:
        server = self._server
        await aiosmtplib.send(
            message,
            sender=self._sender,
            recipients=[recipient],
            hostname=server.host,
            local_hostname=self._greeting,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            timeout=server.seconds,
        )

    @staticmethod
    def _refused(code: int) -> Outcome:
        return Outcome(MailState.REFUSED, f"smtp_{code}") if 500 <= code < 600 else try_again(f"smtp_{code}")
