"""Keeps what was counted over the whole registry until the registry changes, so that each reader need not have it counted anew."""

from collections.abc import Awaitable, Callable, Hashable
from typing import Any

MOST = 100
"""Questions whose counts are kept; then all are forgotten."""


class Counted:
    """Counts of this process, all of one state of the registry."""

    def __init__(self) -> None:
        self._revision = 0
        self._found: dict[Hashable, Any] = {}  # Any: what was counted

    async def at(self, revision: int, question: Hashable, count: Callable[[], Awaitable[Any]]) -> Any:  # Any: as above
        """The answer to a question at a revision of the registry; `count` finds it where it is not known. A reader who still sees an older
        revision has it counted for themselves."""
        if revision > self._revision or len(self._found) >= MOST:
            self._found, self._revision = {}, max(revision, self._revision)
        if revision != self._revision:
            return await count()
        if question not in self._found:
            answer = await count()
            if revision != self._revision:
                return answer
            self._found[question] = answer
        return self._found[question]
