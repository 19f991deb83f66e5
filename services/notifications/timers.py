"""Third door: sending what is due, gathering daily mails, forgetting what is old. No transaction is open during a call outside."""

import asyncio
from collections.abc import Awaitable, Iterable

from chassis.context import follow
from chassis.identity import SYSTEM
from chassis.service import Service
from chassis.timers import Timer
from services.notifications.model.messages import Outcome
from services.notifications.model.webhooks import Webhook, WebhookCall
from services.notifications.use_cases import mail, webhooks
from services.notifications.use_cases.tell import DELIVER_MAIL
from services.notifications.work import Resources, Work

Notifications = Service[Work, Resources]


async def _side_by_side(parts: Iterable[Awaitable[None]]) -> None:
    """Run all to their ends, then raise the first error, if any: one failed record must not stop the others. What was not recorded is sent
    again after its lease, with the same id."""
    for result in await asyncio.gather(*parts, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result


async def deliver_mail(service: Notifications) -> None:
    """Send the mails that are due, a few at once, until none is left."""
    full = True
    while full:
        async with service.open_work(SYSTEM) as work:
            batch = await mail.claim_mails(work)
            service.resources.email.call_hub(await work.chosen("name", work.settings.instance_name))
        await _side_by_side(_send_mail(service, claimed) for claimed in batch.claimed)
        full = batch.full


async def _send_mail(service: Notifications, claimed: mail.Claimed) -> None:
    follow(claimed.mail.correlation_id)
    address = await service.resources.addresses.ask(claimed.mail)
    if isinstance(address, Outcome):
        outcome = address
    else:
        outcome = await service.resources.email.send(claimed.mail, address, claimed.items)
    async with service.open_work(SYSTEM) as work:
        await mail.record_attempt(work, claimed.mail, outcome)


async def call_webhooks(service: Notifications) -> None:
    """Call the webhooks that are due, a few at once, until none is left."""
    full = True
    while full:
        async with service.open_work(SYSTEM) as work:
            claimed = await webhooks.claim_calls(work)
        await _side_by_side(_call_webhook(service, webhook, call) for webhook, call in claimed.calls)
        full = claimed.full


async def _call_webhook(service: Notifications, webhook: Webhook, call: WebhookCall) -> None:
    follow(call.correlation_id)
    outcome = await service.resources.webhooks.send(webhook, call, service.clock())
    async with service.open_work(SYSTEM) as work:
        await webhooks.record_call(work, call, outcome)


async def gather_daily_mails(service: Notifications) -> None:
    """Make daily mails of what waited for this hour."""
    more = True
    while more:
        async with service.open_work(SYSTEM) as work:
            more = await mail.gather_daily_mails(work)


async def forget_old(service: Notifications) -> None:
    """Retention."""
    async with service.open_work(SYSTEM) as work:
        await mail.forget_old(work)


TIMERS: tuple[Timer, ...] = (
    Timer(DELIVER_MAIL, 5.0, deliver_mail),
    Timer(webhooks.CALL_WEBHOOKS, 5.0, call_webhooks),
    Timer("gather daily mails", 300.0, gather_daily_mails),
    Timer("forget old messages", 3600.0, forget_old),
)
