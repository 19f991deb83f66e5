"""Somebody who left an address to hear what became of a suggestion: known by the suggestion's id alone, and not for long."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict, TooManyRequests


class AddressLeftAlready(Conflict):
    """One address belongs to one suggestion."""


class TooManyAddresses(TooManyRequests):
    """More addresses wait for an answer than this hub keeps."""


@dataclass(frozen=True, slots=True)
class SuggestionContact:
    """That there is an address for a suggestion; the address itself lies in the vault. `told_at`: when it was given out to send the answer."""

    suggestion_id: UUID
    locale: str
    created_at: datetime
    told_at: datetime | None = None
