"""Loads and saves webhooks and the events on their way to them; an API client sees its own, an admin all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.errors import NotFound, PreconditionFailed
from chassis.identity import Caller
from chassis.paging import Listed, PageRequest, read_page
from services.notifications.model.webhooks import CallOutcome, CallState, Owner, Webhook, WebhookCall, WebhookState
from services.notifications.tables import WebhookCallRow, WebhookRow

MANY = 500
"""The most webhooks of an instance."""


class NoSuchWebhook(NotFound):
    """Unknown, or somebody else's."""


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook(
        id=row.id, version=row.version, url=row.url,
        owner=Owner(row.owner_kind, row.owner_id, row.role, row.actor_id, frozenset(row.scopes)),
        events=tuple(row.events), state=WebhookState(row.state), disabled_reason=row.disabled_reason, generation=row.generation,
        previous_until=row.previous_until, last_success_at=row.last_success_at, created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _call(row: WebhookCallRow) -> WebhookCall:
    return WebhookCall(
        id=row.id, webhook_id=row.webhook_id, event_id=row.event_id, event_type=row.event_type, body=row.body, state=CallState(row.state),
        attempts=row.attempts, due_at=row.due_at, status=row.status, error=row.error, correlation_id=row.correlation_id,
        created_at=row.created_at, updated_at=row.updated_at,
    )  # fmt: skip


def _values(webhook: Webhook) -> dict[str, Any]:  # Any: column values
    return {
        "owner_kind": webhook.owner.kind, "owner_id": webhook.owner.id, "role": webhook.owner.role, "actor_id": webhook.owner.actor_id,
        "scopes": sorted(webhook.owner.scopes), "url": webhook.url, "events": list(webhook.events), "state": webhook.state.value,
        "disabled_reason": webhook.disabled_reason, "generation": webhook.generation, "previous_until": webhook.previous_until,
        "updated_at": webhook.updated_at,
    }  # fmt: skip


def _visible(caller: Caller) -> Any:  # Any: SQLAlchemy's condition type
    if caller.kind == "account" and caller.role == "admin":
        return col(WebhookRow.id).is_not(None)
    return (col(WebhookRow.owner_kind) == caller.kind) & (col(WebhookRow.owner_id) == str(caller.id))


ORDER: Any = (col(WebhookRow.created_at), col(WebhookRow.id))  # Any: mapped columns are column elements, which their type does not say


@dataclass(slots=True)
class WebhookStore:
    """Webhooks of one transaction."""

    session: AsyncSession

    async def add(self, webhook: Webhook) -> None:
        """A new webhook."""
        self.session.add(WebhookRow(id=webhook.id, version=webhook.version, created_at=webhook.created_at, **_values(webhook)))
        await self.session.flush()

    async def count(self, owner: Owner) -> int:
        """How many webhooks an owner has."""
        mine = col(WebhookRow.owner_kind) == owner.kind, col(WebhookRow.owner_id) == owner.id
        return (await self.session.execute(select(func.count()).select_from(WebhookRow).where(*mine))).scalar_one()

    async def get(self, webhook_id: UUID, caller: Caller) -> Webhook:
        """One webhook that the caller may see."""
        row = (await self.session.execute(select(WebhookRow).where(col(WebhookRow.id) == webhook_id, _visible(caller)))).scalars().first()
        if row is None:
            raise NoSuchWebhook("There is no such webhook, or none of yours.")
        return _webhook(row)

    async def page(self, request: PageRequest, caller: Caller) -> Listed[Webhook]:
        """The webhooks that the caller may see, oldest first."""
        found = await read_page(self.session, select(WebhookRow).where(_visible(caller)), ORDER, request)
        return Listed([_webhook(row) for row in found.items], found.more_after)

    async def save(self, webhook: Webhook, version: int) -> None:
        """Write a changed webhook over the version that was read."""
        mine = col(WebhookRow.id) == webhook.id, col(WebhookRow.version) == version
        done = await self.session.execute(update(WebhookRow).where(*mine).values(version=webhook.version, **_values(webhook)))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("This webhook was changed in the meantime; read it again.")

    async def remove(self, webhook_id: UUID, version: int) -> None:
        """Take a webhook away, with what was on its way to it."""
        done = await self.session.execute(delete(WebhookRow).where(col(WebhookRow.id) == webhook_id, col(WebhookRow.version) == version))
        if done.rowcount != 1:  # type: ignore[attr-defined]
            raise PreconditionFailed("This webhook was changed in the meantime; read it again.")

    async def active(self) -> list[Webhook]:
        """All webhooks in use."""
        query = select(WebhookRow).where(col(WebhookRow.state) == WebhookState.ACTIVE.value).order_by(col(WebhookRow.id)).limit(MANY)
        return [_webhook(row) for row in (await self.session.execute(query)).scalars()]

    async def by_ids(self, webhook_ids: Sequence[UUID]) -> dict[UUID, Webhook]:
        """These webhooks, for whoever sends to them."""
        query = select(WebhookRow).where(col(WebhookRow.id).in_(list(webhook_ids))).limit(MANY)
        return {row.id: _webhook(row) for row in (await self.session.execute(query)).scalars()}

    async def add_call(self, call: WebhookCall) -> None:
        """Queue an event for a webhook; the same event twice stays one delivery."""
        mine = col(WebhookCallRow.webhook_id) == call.webhook_id, col(WebhookCallRow.event_id) == call.event_id
        if (await self.session.execute(select(col(WebhookCallRow.id)).where(*mine))).first() is not None:
            return
        row = WebhookCallRow(
            id=call.id, webhook_id=call.webhook_id, event_id=call.event_id, event_type=call.event_type, body=call.body,
            state=call.state.value,
            attempts=call.attempts, due_at=call.due_at, correlation_id=call.correlation_id,
            created_at=call.created_at, updated_at=call.updated_at,
        )  # fmt: skip
        self.session.add(row)
        await self.session.flush()

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> list[WebhookCall]:
        """Take deliveries that are due, and those whose sender died with them."""
        due = (col(WebhookCallRow.state) == CallState.DUE.value) & (col(WebhookCallRow.due_at) <= now)
        left = (col(WebhookCallRow.state) == CallState.SENDING.value) & (col(WebhookCallRow.lease_until) <= now)
        query = select(WebhookCallRow).where(or_(due, left)).order_by(col(WebhookCallRow.due_at), col(WebhookCallRow.id)).limit(limit)
        rows = (await self.session.execute(query.with_for_update())).scalars().all()
        for row in rows:
            row.state, row.attempts, row.lease_until, row.updated_at = CallState.SENDING.value, row.attempts + 1, lease_until, now
        await self.session.flush()
        return [_call(row) for row in rows]

    async def finish(self, call: WebhookCall, state: CallState, outcome: CallOutcome, due_at: datetime, now: datetime) -> bool:
        """Write what became of an attempt. False: it is gone, or somebody else took it over."""
        mine = col(WebhookCallRow.id) == call.id, col(WebhookCallRow.attempts) == call.attempts
        values = {
            "state": state.value,
            "status": outcome.status,
            "error": outcome.error,
            "due_at": due_at,
            "lease_until": None,
            "updated_at": now,
        }
        taken = col(WebhookCallRow.state) == CallState.SENDING.value
        done = await self.session.execute(update(WebhookCallRow).where(*mine, taken).values(**values).execution_options(synchronize_session=False))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    async def succeeded(self, webhook_id: UUID, now: datetime) -> None:
        """Remember that an address answered; not a change that a reader of the webhook would have to know of."""
        await self.session.execute(update(WebhookRow).where(col(WebhookRow.id) == webhook_id).values(last_success_at=now))

    async def drop_pending(self, webhook_id: UUID, error: str, now: datetime) -> None:
        """Give up what waits for a webhook that was switched off."""
        mine = col(WebhookCallRow.webhook_id) == webhook_id, col(WebhookCallRow.state).in_([CallState.DUE.value, CallState.SENDING.value])
        await self.session.execute(update(WebhookCallRow).where(*mine).values(state=CallState.FAILED.value, error=error, updated_at=now))

    async def again(self, webhook_id: UUID, call_id: UUID, now: datetime) -> WebhookCall | None:
        """Let a delivery that ended be sent once more, at once; None where there is none such."""
        mine = col(WebhookCallRow.id) == call_id, col(WebhookCallRow.webhook_id) == webhook_id
        ended = col(WebhookCallRow.state).in_([CallState.SENT.value, CallState.FAILED.value])
        row = (await self.session.execute(select(WebhookCallRow).where(*mine, ended).with_for_update())).scalars().first()
        if row is None:
            return None
        row.state, row.attempts, row.due_at, row.status, row.error, row.updated_at = CallState.DUE.value, 0, now, None, None, now
        await self.session.flush()
        return _call(row)

    async def calls(self, webhook_id: UUID, request: PageRequest) -> Listed[WebhookCall]:
        """The deliveries of one webhook, newest first."""
        query = select(WebhookCallRow).where(col(WebhookCallRow.webhook_id) == webhook_id)
        order: Any = (col(WebhookCallRow.created_at), col(WebhookCallRow.id))
        found = await read_page(self.session, query, order, request, descending=True)
        return Listed([_call(row) for row in found.items], found.more_after)

    async def erase(self, subject_id: UUID) -> None:
        """Forget every delivery that names an erased account or case, and the webhooks that an erased account owned."""
        await self.session.execute(delete(WebhookCallRow).where(col(WebhookCallRow.body).contains(str(subject_id))))
        await self.session.execute(delete(WebhookRow).where(col(WebhookRow.owner_kind) == "account", col(WebhookRow.owner_id) == str(subject_id)))

    async def purge(self, before: datetime) -> None:
        """Forget what is older than what is kept (R19)."""
        await self.session.execute(delete(WebhookCallRow).where(col(WebhookCallRow.created_at) < before))
