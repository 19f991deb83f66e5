"""Settings that would send twice or tell a password are refused at start."""

import pytest

from chassis.testing import settings_for_tests
from services.notifications.app import build
from services.notifications.settings import Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"lease_seconds": 6},
        {"smtp_user": "hub", "smtp_password": "word"},
        {"smtp_tls": "perhaps"},
        {"retention_days": 0},
        {"mail_from": "two\nlines@hub.example"},
        {"mail_from": "nobody"},
    ],
)
def test_settings_that_cannot_work_are_refused_at_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        build(Settings(**settings_for_tests("sqlite+aiosqlite:///:memory:", **wrong)))
