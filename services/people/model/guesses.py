"""Slows the guessing of passwords and codes without ever shutting the owner out for good.

Failures are counted per account, per source (network address) and per pair of both. A pair that signed in within the last 30 days is
familiar and is judged by its own count alone, so an attack from elsewhere does not stop the owner at their usual place. Everyone else waits
for the account's and the source's delay: 30 s after the free tries, doubled by every further failure, one hour at most.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chassis.errors import TooManyRequests

NO_WAIT = timedelta(0)
FAMILIAR_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many failures are free, and how long one waits after them."""

    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(hours=1)
    forget_after: timedelta = timedelta(hours=24)


PER_ACCOUNT = Pace(free=5)
PER_PAIR = Pace(free=5)
PER_SOURCE = Pace(free=20)
"""A whole office shares one address, so a source has more free tries than an account."""


class TooManyGuesses(TooManyRequests):
    """Too many failed tries; try again when `retry_after` seconds have passed."""


@dataclass(frozen=True, slots=True)
class Guesses:
    """The failures counted under one key."""

    failures: int = 0
    last_failure_at: datetime | None = None
    last_success_at: datetime | None = None

    def failed(self, pace: Pace, now: datetime) -> "Guesses":
        """With one more failure; old failures are forgotten first."""
        return replace(self, failures=self._counted(pace, now) + 1, last_failure_at=now)

    def succeeded(self, now: datetime) -> "Guesses":
        """Cleared, with the moment of success."""
        return Guesses(0, None, now)

    def wait(self, pace: Pace, now: datetime) -> timedelta:
        """How long until the next try; zero if at once."""
        failures = self._counted(pace, now)
        if failures < pace.free or self.last_failure_at is None:
            return NO_WAIT
        # The exponent is bounded, or a long attack would overflow the duration.
        delay = min(pace.longest, pace.first * (1 << min(failures - pace.free, 16)))
        # A clock that was set back must not lengthen the wait beyond the delay itself.
        return max(NO_WAIT, min(delay, self.last_failure_at + delay - now))

    def _counted(self, pace: Pace, now: datetime) -> int:
        if self.last_failure_at is None or now - self.last_failure_at >= pace.forget_after:
            return 0
        return self.failures


@dataclass(frozen=True, slots=True)
class Attempts:
    """What is counted about one try: under the account, under the source, and under both together."""

    account: Guesses = Guesses()
    source: Guesses = Guesses()
    pair: Guesses = Guesses()

    def is_familiar(self, now: datetime) -> bool:
        """Whether this account signed in from this source within the last 30 days."""
        return self.pair.last_success_at is not None and now - self.pair.last_success_at < FAMILIAR_FOR

    def failed(self, now: datetime) -> "Attempts":
        """After a wrong password or code. A familiar pair counts for itself, everyone else for all three keys."""
        pair = self.pair.failed(PER_PAIR, now)
        if self.is_familiar(now):
            return replace(self, pair=pair)
        return Attempts(self.account.failed(PER_ACCOUNT, now), self.source.failed(PER_SOURCE, now), pair)

    def succeeded(self, now: datetime) -> "Attempts":
        """After a sign-in, or after a reset by mail: the pair is familiar.

        The account's and the source's counts stay, or the owner's daily sign-in (or the attacker's own) would buy further guesses.
        """
        return replace(self, pair=self.pair.succeeded(now))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a try is evaluated now, and otherwise how long to wait."""

    allowed: bool
    wait: timedelta = NO_WAIT


def may_try(attempts: Attempts, now: datetime) -> Verdict:
    """Whether a password or code is evaluated at all. A try that is not evaluated is not counted either."""
    if attempts.is_familiar(now):
        wait = attempts.pair.wait(PER_PAIR, now)
    else:
        wait = max(attempts.account.wait(PER_ACCOUNT, now), attempts.source.wait(PER_SOURCE, now))
    return Verdict(wait == NO_WAIT, wait)


def require_try(attempts: Attempts, now: datetime) -> None:
    """`may_try` as a refusal. Raises TooManyGuesses with `retry_after` in whole seconds."""
    verdict = may_try(attempts, now)
    if not verdict.allowed:
        seconds = -(-verdict.wait // timedelta(seconds=1))
        raise TooManyGuesses("Too many tries failed. Try again in {seconds} seconds.", retry_after=seconds, seconds=seconds)


def source_key(address: str, key: bytes) -> str:
    """A source under a pseudonym: HMAC-SHA256 of the IPv4 address or of the IPv6 /64 (one household), so that no address is stored."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        network = "unknown"
    else:
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
            parsed = parsed.ipv4_mapped
        network = str(ipaddress.ip_network((parsed, 32 if parsed.version == 4 else 64), strict=False))
    return hmac.new(key, b"source\x00" + network.encode(), hashlib.sha256).hexdigest()
