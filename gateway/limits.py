"""How much one caller may ask: token windows in memory, told in the RateLimit headers (IETF draft 11). Limits are per gateway process."""

import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from chassis.errors import TooManyRequests
from gateway.settings import GatewaySettings


class QuotaExceeded(TooManyRequests):
    """The caller's share of this minute is used up."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left, as the headers tell it."""

    name: str
    quota: int
    remaining: int
    reset: int

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit`."""
        policy = f'"{self.name}";q={self.quota};w=60'
        state = f'"{self.name}";r={self.remaining};t={self.reset}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]


class Limits:
    """The windows of all callers."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._quotas = {
            "reads": settings.reads_per_minute,
            "writes": settings.writes_per_minute,
            "anonymous": settings.anonymous_per_minute,
            "sign-in": settings.sign_ins_per_minute,
        }
        self._items = {name: RateLimitItemPerMinute(quota) for name, quota in self._quotas.items()}

    async def take(self, name: str, who: str) -> Allowance:
        """Count one request; raises QuotaExceeded with the seconds to wait."""
        item = self._items[name]
        taken = await self._window.hit(item, name, who)
        stats = await self._window.get_window_stats(item, name, who)
        reset = max(1, round(stats.reset_time - time.time()))
        if not taken:
            raise QuotaExceeded("You asked very often; please wait {seconds} seconds.", seconds=reset, retry_after=reset)
        return Allowance(name, self._quotas[name], max(0, stats.remaining), reset)
