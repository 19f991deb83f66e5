"""Webhooks: set up by an administrator or an API client, called when something happens that their owner may hear of."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import contracts.actors
import contracts.matching
from chassis.context import correlation_id
from chassis.errors import Conflict, Forbidden, NotFound, invalid_field
from chassis.identity import Caller
from chassis.ids import new_id
from chassis.paging import Listed, PageRequest
from contracts.envelope import REGISTRY, Envelope
from services.notifications import events_out
from services.notifications.channels import guard
from services.notifications.model.kinds import Kind
from services.notifications.model.rules import News
from services.notifications.model.webhooks import (
    TEST_EVENT,
    CallOutcome,
    CallState,
    Owner,
    Webhook,
    WebhookCall,
    WebhookState,
    could_receive,
    gives_up,
    may_receive,
    next_call,
)
from services.notifications.use_cases.tell import tell
from services.notifications.work import Work

CALL_WEBHOOKS = "call webhooks"
"""The timer that calls webhooks; it is woken as soon as there is something to send."""
MOST_PER_OWNER = 20
BETWEEN_SERVICES = frozenset(
    event.type_name
    for event in (
        contracts.actors.SearchFoundV1,
        contracts.actors.ClaimAcceptedV1,
        contracts.actors.ClaimEndedV1,
        contracts.actors.ServiceImportedV1,
        contracts.actors.SuggestionAnsweredV1,
        contracts.matching.OfferImportedV1,
        contracts.matching.AskReceivedV1,
        contracts.matching.AskSettledV1,
    )
)
"""What services tell one another, of no use to a partner or of one person alone."""
EVENT_TYPES = (
    frozenset(name for name, event in REGISTRY.items() if event.__module__.startswith((contracts.actors.__name__, contracts.matching.__name__)))
    - BETWEEN_SERVICES
)
"""What a webhook can hear: news of the registry and of matching."""
FREE_TEXT = ("title", "description")
"""The only free text that events hold; a webhook gets ids, and reads the text where it is moderated (R28)."""
URL_SENTENCES = {
    "not_https": "Use a full address that begins with https://.",
    "url_form": "Use an https address without user name, spaces or fragment, of at most 500 characters.",
    "address_not_public": "This address is in a private network; the hub calls only public addresses.",
}


class NoWebhooksForYou(Forbidden):
    """Webhooks belong to administrators and API clients."""


class TooManyWebhooks(Conflict):
    """An owner has as many webhooks as an owner may have."""


class NothingToSendAgain(NotFound):
    """No delivery of this id has ended."""


class WebhookIsDisabled(Conflict):
    """The webhook is switched off."""


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A webhook and its present secret, shown only when it is made or changed."""

    webhook: Webhook
    secret: str


def _owner(caller: Caller) -> Owner:
    is_admin = caller.kind == "account" and caller.role == "admin"
    if caller.id is None or not (is_admin or caller.kind == "client"):
        raise NoWebhooksForYou("Webhooks are set up by an administrator or by an API client.")
    return Owner(caller.kind, caller.id, caller.role, caller.actor_id, caller.scopes)


def _check_url(work: Work, url: str) -> None:
    try:
        guard.check_form(url, allow_private=work.resources.webhooks.allow_private)
    except guard.AddressRefused as refusal:
        raise invalid_field("/url", refusal.code, URL_SENTENCES[refusal.code]) from None


def _check_events(owner: Owner, events: Sequence[str]) -> tuple[str, ...]:
    for place, name in enumerate(events):
        if name not in EVENT_TYPES:
            raise invalid_field(f"/events/{place}", "unknown_event", "There is no such event; the documentation lists them.")
        if not could_receive(owner, name):
            raise invalid_field(f"/events/{place}", "event_not_for_you", "Your scopes do not let you hear this event.")
    return tuple(dict.fromkeys(events))


async def create_webhook(work: Work, url: str, events: Sequence[str]) -> WithSecret:
    """Set up a webhook for the caller."""
    owner = _owner(work.caller)
    _check_url(work, url)
    wanted = _check_events(owner, events)
    if await work.webhooks.count(owner) >= MOST_PER_OWNER:
        raise TooManyWebhooks("There are already {count} webhooks of yours; delete one first.", count=MOST_PER_OWNER)
    webhook = Webhook(
        id=new_id(),
        version=1,
        owner=owner,
        url=url,
        events=wanted,
        state=WebhookState.ACTIVE,
        disabled_reason=None,
        generation=1,
        previous_until=None,
        last_success_at=None,
        created_at=work.now,
        updated_at=work.now,
    )
    await work.webhooks.add(webhook)
    await work.audit.record("webhook.created", "webhook", webhook.id)
    return _with_secret(work, webhook)


def _with_secret(work: Work, webhook: Webhook) -> WithSecret:
    return WithSecret(webhook, work.resources.webhooks.secrets.secret(webhook.id, webhook.generation))


async def my_webhooks(work: Work, request: PageRequest) -> Listed[Webhook]:
    """The caller's webhooks; an administrator sees all."""
    _owner(work.caller)
    return await work.webhooks.page(request, work.caller)


async def one_webhook(work: Work, webhook_id: UUID) -> Webhook:
    """One of the caller's webhooks."""
    _owner(work.caller)
    return await work.webhooks.get(webhook_id, work.caller)


async def change_webhook(
    work: Work, webhook_id: UUID, version: int, *, url: str | None, events: Sequence[str] | None, active: bool | None
) -> Webhook:
    """Another address, other events, off or on again. The owner's present scopes take the place of those it had."""
    webhook, owner = await work.webhooks.get(webhook_id, work.caller), _owner(work.caller)
    if (owner.kind, owner.id) == (webhook.owner.kind, webhook.owner.id):
        webhook = replace(webhook, owner=owner)
    if url is not None:
        _check_url(work, url)
        webhook = replace(webhook, url=url)
    if events is not None:
        webhook = replace(webhook, events=_check_events(webhook.owner, events))
    if active is True and webhook.state is WebhookState.DISABLED:
        webhook = replace(webhook, state=WebhookState.ACTIVE, disabled_reason=None)
    if active is False and webhook.state is WebhookState.ACTIVE:
        webhook = replace(webhook, state=WebhookState.DISABLED, disabled_reason="owner")
        await work.webhooks.drop_pending(webhook.id, "switched_off", work.now)
    webhook = replace(webhook, version=version + 1, updated_at=work.now)
    await work.webhooks.save(webhook, version)
    await work.audit.record("webhook.changed", "webhook", webhook.id)
    return webhook


async def delete_webhook(work: Work, webhook_id: UUID, version: int) -> None:
    """Take a webhook away; what waits for it is not sent."""
    webhook = await one_webhook(work, webhook_id)
    await work.webhooks.remove(webhook.id, version)
    await work.audit.record("webhook.deleted", "webhook", webhook.id)


async def rotate_secret(work: Work, webhook_id: UUID) -> WithSecret:
    """A new secret; the one before signs beside it for some hours."""
    webhook = await one_webhook(work, webhook_id)
    until = work.now + timedelta(hours=work.settings.webhook_rotation_hours)
    rotated = replace(webhook, generation=webhook.generation + 1, previous_until=until, version=webhook.version + 1, updated_at=work.now)
    await work.webhooks.save(rotated, webhook.version)
    await work.audit.record("webhook.rotated", "webhook", webhook.id)
    return _with_secret(work, rotated)


async def test_webhook(work: Work, webhook_id: UUID) -> WebhookCall:
    """Send a test event, which says nothing but the webhook's id."""
    webhook = await one_webhook(work, webhook_id)
    if webhook.state is WebhookState.DISABLED:
        raise WebhookIsDisabled("This webhook is switched off; switch it on first.")
    event = Envelope(
        specversion="1.0",
        id=new_id(),
        source="/hospitium/notifications",
        type=TEST_EVENT,
        subject=str(webhook.id),
        time=work.now,
        correlationid=correlation_id(),
        data={"webhook_id": str(webhook.id)},
    )
    return await _queue(work, webhook, event)


async def send_again(work: Work, webhook_id: UUID, delivery_id: UUID) -> WebhookCall:
    """Send a delivery that ended once more, with the same event id. Raises WebhookIsDisabled, NothingToSendAgain."""
    webhook = await one_webhook(work, webhook_id)
    if webhook.state is WebhookState.DISABLED:
        raise WebhookIsDisabled("This webhook is switched off; switch it on first.")
    call = await work.webhooks.again(webhook.id, delivery_id, work.now)
    if call is None:
        raise NothingToSendAgain("There is no such delivery, or it is on its way.")
    work.wake(CALL_WEBHOOKS)
    await work.audit.record("webhook.sent_again", "webhook", webhook.id, delivery=str(delivery_id))
    return call


async def webhook_deliveries(work: Work, webhook_id: UUID, request: PageRequest) -> Listed[WebhookCall]:
    """What was sent to one of the caller's webhooks, newest first."""
    webhook = await one_webhook(work, webhook_id)
    return await work.webhooks.calls(webhook.id, request)


async def _queue(work: Work, webhook: Webhook, event: Envelope) -> WebhookCall:
    call = WebhookCall(
        id=new_id(),
        webhook_id=webhook.id,
        event_id=event.id,
        event_type=event.type,
        body=event.model_dump_json(),
        state=CallState.DUE,
        attempts=0,
        due_at=work.now,
        status=None,
        error=None,
        correlation_id=event.correlationid,
        created_at=work.now,
        updated_at=work.now,
    )
    await work.webhooks.add_call(call)
    work.wake(CALL_WEBHOOKS)
    return call


async def fan_out(work: Work, news: News) -> None:
    """Queue the event that is being handled for every webhook that asked for it and whose owner may hear it."""
    if work.cause is None:
        return
    for webhook in await work.webhooks.active():
        if news.type in webhook.events and may_receive(webhook.owner, news) and await _owner_is_there(work, webhook.owner):
            await _queue(work, webhook, _ids_only(work.cause))


async def _owner_is_there(work: Work, owner: Owner) -> bool:
    """An administrator's webhook stops when they no longer are one."""
    if owner.kind != "account":
        return True
    account = await work.people.account(UUID(owner.id))
    return account is None or (account.active and account.role == "admin")


def _ids_only(event: Envelope) -> Envelope:
    return event.model_copy(update={"data": {name: None if name in FREE_TEXT else value for name, value in event.data.items()}})


@dataclass(frozen=True, slots=True)
class ClaimedCalls:
    """What was taken, each with its webhook; `full` means that there may be more."""

    calls: tuple[tuple[Webhook, WebhookCall], ...]
    full: bool


async def claim_calls(work: Work) -> ClaimedCalls:
    """Take the deliveries that are due."""
    limit = work.settings.webhook_parallel
    calls = await work.webhooks.claim(work.now, work.now + timedelta(seconds=work.settings.lease_seconds), limit)
    webhooks = await work.webhooks.by_ids([call.webhook_id for call in calls])
    return ClaimedCalls(tuple((webhooks[call.webhook_id], call) for call in calls), len(calls) == limit)


async def record_call(work: Work, call: WebhookCall, outcome: CallOutcome) -> None:
    """Write what an address answered. After 410, or when attempts run out and nothing else came through, the webhook is switched off."""
    due_at = next_call(call, work.settings.webhook_retry_seconds, random.uniform(-1, 1), work.now)
    failed = CallState.FAILED if outcome.gone or due_at is None else CallState.DUE
    state = CallState.SENT if outcome.arrived else failed
    if not await work.webhooks.finish(call, state, outcome, due_at or work.now, work.now):
        return
    if outcome.arrived:
        await work.webhooks.succeeded(call.webhook_id, work.now)
    elif state is CallState.FAILED:
        webhook = (await work.webhooks.by_ids([call.webhook_id])).get(call.webhook_id)
        if webhook is not None and webhook.state is WebhookState.ACTIVE and (outcome.gone or gives_up(webhook, call)):
            await _switch_off(work, webhook, "gone" if outcome.gone else "failing")


async def _switch_off(work: Work, webhook: Webhook, reason: str) -> None:
    off = replace(webhook, state=WebhookState.DISABLED, disabled_reason=reason, version=webhook.version + 1, updated_at=work.now)
    await work.webhooks.save(off, webhook.version)
    await work.webhooks.drop_pending(webhook.id, "switched_off", work.now)
    event_id = await work.outbox.add(events_out.webhook_disabled(off))
    readers = [account.account_id for account in await work.people.active_with_roles(("admin",))]
    if webhook.owner.kind == "account":
        readers.append(UUID(webhook.owner.id))
    await tell(work, readers, Kind.WEBHOOK_DISABLED, event_id=event_id, subject_id=webhook.id, numbers={})
    await work.audit.record("webhook.switched_off", "webhook", webhook.id)
