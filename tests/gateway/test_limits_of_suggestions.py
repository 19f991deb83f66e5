"""What one address may suggest in a day, whoever is signed in there."""

import pytest

from gateway.limits import SUGGESTIONS, Limits, QuotaExceeded
from gateway.permissions import Permissions
from gateway.settings import GatewaySettings


def limits_of(per_day: int) -> Limits:
    """Limits with few suggestions a day."""
    return Limits(GatewaySettings.model_construct(reads_per_minute=9, writes_per_minute=9, anonymous_per_minute=9, sign_ins_per_minute=9,
                                                  suggestions_per_day=per_day))  # fmt: skip


async def test_an_address_sends_so_many_suggestions_a_day() -> None:
    limits = limits_of(2)

    taken = [await limits.take(SUGGESTIONS, "2001:db8:1:2::1") for _ in range(2)]
    with pytest.raises(QuotaExceeded) as refused:
        await limits.take(SUGGESTIONS, "2001:db8:1:2::9")
    elsewhere = await limits.take(SUGGESTIONS, "192.0.2.7")

    assert [allowance.remaining for allowance in taken] == [1, 0]
    assert (b"ratelimit-policy", b'"suggestions";q=2;w=86400') in taken[0].headers()
    assert 60 < (refused.value.retry_after or 0) <= 86_400
    assert elsewhere.remaining == 1


def test_suggestions_count_by_address_and_reading_them_does_not() -> None:
    permissions = Permissions()

    rules = {
        path: permissions.rule("POST", path).limit for path in ("/api/v1/suggestions", "/api/v1/suggestion-states", "/api/v1/suggestion-contacts")
    }

    assert rules == {"/api/v1/suggestions": "suggestions", "/api/v1/suggestion-states": "normal", "/api/v1/suggestion-contacts": "sign-in"}
