"""What came of a history or of a replay: who was helped by whom when, and how often each provider was asked."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.matching.engine.replay.history import History


@dataclass(frozen=True, slots=True)
class Placed:
    """A need that found an offer; the provider said yes at `accepted_at`."""

    offer_id: UUID
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """`placed` by need; `requests` by provider. `displaced` counts recorded matches outside the replay that found their offer full."""

    placed: Mapping[UUID, Placed]
    requests: Mapping[str, int]
    displaced: int = 0


def really(history: History) -> Outcome:
    """What happened: each need's first accepted match within the history, and every request that was made for the needs looked at."""
    wanted = {need.facts.id for need in history.needs}
    placed: dict[UUID, Placed] = {}
    requests: Counter[str] = Counter()
    for match in sorted(history.matches, key=lambda match: (match.accepted_at or history.until, match.need_id, match.offer_id)):
        if match.need_id not in wanted:
            continue
        if match.asked_at <= history.until:
            requests[match.provider_id] += 1
        if match.accepted_at is not None and match.accepted_at <= history.until:
            placed.setdefault(match.need_id, Placed(match.offer_id, match.accepted_at))
    return Outcome(placed, requests)
