"""How much one caller may ask: windows in memory, told in the RateLimit headers (IETF draft 11). Limits are per gateway process."""

import ipaddress
import time
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from starlette.responses import JSONResponse

from chassis import problems
from chassis.errors import TooManyRequests
from gateway.settings import GatewaySettings

UNKNOWN_TOKENS = "unknown-tokens"
"""Counts tokens that `people` did not know, by address: whoever tries out tokens is stopped before `people` is asked again."""
SUGGESTIONS = "suggestions"
"""Counts what one address suggests to the registry, signed in or not."""
PER_DAY = frozenset({SUGGESTIONS})
"""Limits of a day instead of a minute."""
BY_ADDRESS = frozenset({"sign-in", SUGGESTIONS})
"""Limits that count the address even of somebody who is signed in."""
QUOTA_TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left, as the headers tell it."""

    name: str
    quota: int
    remaining: int
    reset: int
    window: int = 60

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-Policy` and `RateLimit`."""
        policy = f'"{self.name}";q={self.quota};w={self.window}'
        state = f'"{self.name}";r={self.remaining};t={self.reset}'
        return [(b"ratelimit-policy", policy.encode()), (b"ratelimit", state.encode())]


class QuotaExceeded(TooManyRequests):
    """The caller's share of this minute is used up."""

    def __init__(self, message: str, allowance: Allowance) -> None:
        super().__init__(message, retry_after=allowance.reset, seconds=allowance.reset)
        self.allowance = allowance


def quota_problem(error: QuotaExceeded) -> JSONResponse:
    """The refusal with the registered type of the draft, which names the violated policy."""
    body = problems.problem_body(error.status, error.code(), error.message, (), **error.params)
    body |= {"type": QUOTA_TYPE, "violated-policies": [error.allowance.name]}
    return JSONResponse(body, error.status, {"Retry-After": str(error.allowance.reset)}, problems.MEDIA_TYPE)


def neighbourhood(who: str) -> str:
    """An address as it is counted: one IPv6 subscriber owns a whole /64, so that is one caller."""
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        return who
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else who


class Limits:
    """The windows of all callers."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._window = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._quotas = {
            "reads": settings.reads_per_minute,
            "writes": settings.writes_per_minute,
            "anonymous": settings.anonymous_per_minute,
            "sign-in": settings.sign_ins_per_minute,
            UNKNOWN_TOKENS: settings.anonymous_per_minute,
            SUGGESTIONS: settings.suggestions_per_day,
        }
        self._items: dict[str, RateLimitItem] = {
            name: RateLimitItemPerDay(quota) if name in PER_DAY else RateLimitItemPerMinute(quota) for name, quota in self._quotas.items()
        }

    async def take(self, name: str, who: str) -> Allowance:
        """Count one request of a caller (a principal or an address); raises QuotaExceeded with the seconds to wait."""
        taken = await self._window.hit(self._items[name], name, neighbourhood(who))
        return await self._told(name, who, taken)

    async def require_left(self, name: str, who: str) -> None:
        """Count nothing; raise QuotaExceeded when nothing is left."""
        await self._told(name, who, await self._window.test(self._items[name], name, neighbourhood(who)))

    async def _told(self, name: str, who: str, granted: bool) -> Allowance:
        stats = await self._window.get_window_stats(self._items[name], name, neighbourhood(who))
        reset = max(1, round(stats.reset_time - time.time()))
        window = self._items[name].get_expiry()
        if not granted:
            raise QuotaExceeded("You asked very often; please wait {seconds} seconds.", Allowance(name, self._quotas[name], 0, reset, window))
        return Allowance(name, self._quotas[name], max(0, stats.remaining), reset, window)
