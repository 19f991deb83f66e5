"""One transaction of a service: its session, outbox, audit, caller and moment. Each service's `work.py` adds its stores.

The edge (route, event handler, timer) opens and commits it; a use case never does. `now` is fixed for the whole transaction.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.audit import Audit
from chassis.choices import Choices, read_choices, write_choices
from chassis.identity import Caller
from chassis.outbox import Outbox
from chassis.tables import Ledger
from contracts.envelope import Envelope
from contracts.instance import InstanceRules

Clock = Callable[[], datetime]
T = TypeVar("T")


def utc_now() -> datetime:
    """The wall clock, UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class WorkParts:
    """What the edge hands to a service's Work (`resources` is Any: each service narrows it to its own type)."""

    session: AsyncSession
    ledger: Ledger
    caller: Caller
    now: datetime
    channel: str
    resources: Any
    cause: Envelope | None = None


@dataclass(slots=True)
class Work:
    """Base of each service's Work."""

    parts: WorkParts
    outbox: Outbox = field(init=False)
    audit: Audit = field(init=False)
    wakes: set[str] = field(default_factory=set)
    last_acts: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    _choices: Choices | None = None

    def __post_init__(self) -> None:
        parts = self.parts
        self.outbox = Outbox(parts.session, parts.ledger, parts.now, parts.channel)
        self.audit = Audit(parts.session, parts.ledger, parts.now, parts.caller)
        self.open_stores(parts.session)

    def open_stores(self, session: AsyncSession) -> None:
        """A service sets its stores here."""

    @property
    def session(self) -> AsyncSession:
        """The open transaction; stores use it, use cases do not."""
        return self.parts.session

    @property
    def caller(self) -> Caller:
        """Who acts."""
        return self.parts.caller

    @property
    def now(self) -> datetime:
        """The moment of this transaction, UTC."""
        return self.parts.now

    @property
    def cause(self) -> Envelope | None:
        """The event that is being handled, if any."""
        return self.parts.cause

    async def chosen(self, name: str, otherwise: T) -> T:
        """What the city chose for a setting (contracts.instance names them), or what the environment says where it never chose."""
        if self._choices is None:
            self._choices = await read_choices(self.session, self.parts.ledger)
        found: T | None = self._choices.get(name)
        return otherwise if found is None else found

    async def keep_choices(self, event: InstanceRules) -> bool:
        """Keep what the city chose, unless something newer is known; answers whether it was news."""
        self._choices = None
        state = event.model_dump(mode="json", exclude={"instance_id", "version"})
        return await write_choices(self.session, self.parts.ledger, event.version, state, self.now)

    def wake(self, timer: str) -> None:
        """Let a timer run right after the commit instead of at its next turn."""
        self.wakes.add(timer)

    def before_commit(self, name: str, act: Callable[[], Awaitable[None]]) -> None:
        """Do something once, at the end of the transaction, however often it is asked for under that name: what many events touch is
        computed once."""
        self.last_acts[name] = act

    async def finish(self) -> None:
        """Do what was left to the end. The edge calls it right before the commit."""
        while self.last_acts:
            _, act = self.last_acts.popitem()
            await act()
