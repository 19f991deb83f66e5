"""What this service knows of accounts: role, place and language, never a name or an address."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Account:
    """An account as `people` told it."""

    account_id: UUID
    role: str
    actor_id: UUID | None
    locale: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one person chose, by kind; version 0: nothing yet."""

    account_id: UUID
    choices: dict[str, dict[str, object]]
    version: int
