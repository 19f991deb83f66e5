"""A search that an account keeps, and when its reader is told what is new."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.errors import Conflict, Unauthenticated

MOST_SEARCHES = 50


class TooManySearches(Conflict):
    """An account keeps as many searches as it may."""


class OnlyForAccounts(Unauthenticated):
    """Searches are kept for people who have an account."""


class Digest(StrEnum):
    """How often a reader is told what is new."""

    NEVER = "never"
    DAILY = "daily"
    WEEKLY = "weekly"


WAIT = {Digest.DAILY: timedelta(days=1), Digest.WEEKLY: timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search of an account. `looked_at`: up to when the reader was told; `due_at`: when to look next."""

    id: UUID
    version: int = 1
    account_id: UUID
    name: str
    query: Mapping[str, Any]  # Any: JSON of the query's parameters
    language: str
    digest: Digest
    looked_at: datetime
    created_at: datetime
    updated_at: datetime

    @property
    def due_at(self) -> datetime | None:
        """When to look for news; None: never."""
        wait = WAIT.get(self.digest)
        return None if wait is None else self.looked_at + wait
