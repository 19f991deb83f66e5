"""Builds the service: settings, channels, doors. Nothing else builds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chassis.call import HttpTransport, Line, Transport
from chassis.identity import Signer
from chassis.service import Service
from chassis.work import Clock, utc_now
from services.notifications.api import ROUTERS
from services.notifications.channels.address_book import AddressBook
from services.notifications.channels.email import EmailChannel, MailServer
from services.notifications.channels.in_app import InAppChannel
from services.notifications.channels.webhook import Secrets, WebhookChannel
from services.notifications.events_in import HANDLERS
from services.notifications.settings import VAULT_SECONDS, Settings
from services.notifications.tables import ledger
from services.notifications.timers import TIMERS
from services.notifications.use_cases.ending import PREVIEWS
from services.notifications.work import Resources, Work

NAME = "notifications"
DESCRIPTION = "Tells the right people, in their language: an inbox in the hub, e-mail, and signed webhooks. It holds ids, never a name or an address."


class NotificationsService(Service[Work, Resources]):
    """The service; it lets go of its line to the vault when it stops."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Background work."""
        try:
            async with super().running():
                yield
        finally:
            await self.resources.addresses.close()


def build(settings: Settings, people: Transport | None = None, clock: Clock = utc_now) -> tuple[NotificationsService, FastAPI]:
    """The service and its application. `people` is the way to the vault; by default its address in the settings."""
    signing_key = settings.signing_key.get_secret_value()
    line = Line("people", people or HttpTransport(settings.people_url), Signer(NAME, signing_key))
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        seconds=settings.mail_seconds,
    )
    webhook_key = settings.webhook_key.get_secret_value() if settings.webhook_key else signing_key
    resources = Resources(
        settings=settings,
        in_app=InAppChannel(),
        email=EmailChannel(server, sender=settings.mail_from, instance=settings.instance_name, public_url=settings.public_url),
        addresses=AddressBook(line, default_locale=settings.default_locale, seconds=VAULT_SECONDS),
        webhooks=WebhookChannel(
            Secrets(webhook_key.encode()),
            allow_private=settings.webhook_allow_private,
            ca_file=settings.webhook_ca_file,
            seconds=settings.webhook_seconds,
        ),
    )
    service = NotificationsService(
        name=NAME, settings=settings, ledger=ledger, work=Work, handlers=HANDLERS, timers=TIMERS, resources=resources, clock=clock, previews=PREVIEWS
    )
    return service, service.app(title="Hospitium: notifications", description=DESCRIPTION, routers=ROUTERS)


def create() -> FastAPI:
    """The application, with settings from the environment."""
    return build(Settings())[1]
