"""What an administrator sees and mends in a running service."""

import pytest
import toy

from chassis.testing import Bench, account, anonymous

ADMIN = account("admin")
LETTERS = "/internal/v1/dead-letters"


async def a_dead_letter(bench: Bench) -> str:
    """An event that could not be handled."""
    await bench.hear(toy.BellHungV1(bell_id="01890000-0000-7000-8000-000000000001", version=13), times=5)
    found: list[dict[str, str]] = (await bench.get(ADMIN, LETTERS)).json()
    return found[0]["id"]


async def test_a_service_tells_how_it_stands(bench: Bench) -> None:
    await bench.post(account("coordinator"), "/bells", {"name": "Great Peter"})
    await bench.run_timer("seal audit")

    told = (await bench.get(ADMIN, "/internal/v1/upkeep?sizes=true")).json()

    assert told["checks"]["database"] == "ok" and told["outbox_waiting"] == 1 and told["dead_letters"] == 0
    assert told["database_bytes"] > 0 and "bell" in {table["name"] for table in told["tables"]}
    assert {"seal audit", "keep house"} <= {timer["name"] for timer in told["timers"]} and told["defaults"]["audit_days"] == 730


async def test_a_dead_letter_is_listed_without_its_contents_and_tried_again(bench: Bench) -> None:
    letter = await a_dead_letter(bench)

    listed = (await bench.get(ADMIN, LETTERS)).json()
    again = await bench.post(ADMIN, f"{LETTERS}/{letter}/replay")

    assert set(listed[0]) == {"id", "subject", "stream", "reason", "died_at"}
    assert again.status_code == 409 and again.json()["code"] == "still_fails"
    assert len((await bench.get(ADMIN, LETTERS)).json()) == 1


async def test_a_dead_letter_is_given_up_with_a_reason_in_the_trail(bench: Bench) -> None:
    letter = await a_dead_letter(bench)

    bad = await bench.post(ADMIN, f"{LETTERS}/{letter}/drop", {"reason": "because"})
    dropped = await bench.post(ADMIN, f"{LETTERS}/{letter}/drop", {"reason": "outdated"})

    assert (bad.status_code, dropped.status_code) == (422, 200)
    assert (await bench.get(ADMIN, LETTERS)).json() == [] and "dead_letter.dropped" in await bench.audit_actions()
    assert (await bench.post(ADMIN, f"{LETTERS}/{letter}/drop", {"reason": "outdated"})).status_code == 404


async def test_the_trail_is_verified_and_counted(bench: Bench) -> None:
    await bench.post(account("coordinator"), "/bells", {"name": "Great Peter"})
    await bench.run_timer("seal audit")

    verdict = (await bench.post(ADMIN, "/internal/v1/audit/verify")).json()
    counts = await bench.get(account("observer"), "/internal/v1/audit/summary?since=2026-11-01T00:00:00Z&until=2026-12-01T00:00:00Z")

    assert verdict == {"rows": 1, "fault": None}
    assert counts.json() == [{"day": "2026-11-21", "action": "bell.hung", "subject_kind": "bell", "count": 1}]


async def test_the_trail_is_searched_by_what_was_done_and_by_whom(bench: Bench) -> None:
    ringer = account("coordinator")
    await bench.post(ringer, "/bells", {"name": "Great Peter"})

    async def found(query: str, role: str = "admin") -> int:
        return len((await bench.get(account(role), f"/internal/v1/audit?{query}")).json())

    assert await found(f"person={ringer.id}") == await found("action=bell.") == await found("subject_kind=bell") == 1
    assert await found("person=somebody") == await found("action=offer") == await found("since=2027-01-01T00:00:00Z") == 0
    assert await found("person=somebody", "observer") == 1


async def test_how_much_other_periods_would_end_is_counted(bench: Bench) -> None:
    await bench.post(account("coordinator"), "/bells", {"name": "Great Peter"})

    counted = await bench.get(ADMIN, "/internal/v1/retention?audit_days=365&need_days=x&other=3&audit_hours=0")

    assert counted.json() == {"audit_days": 0}


@pytest.mark.parametrize("path", ["upkeep", "defaults", "retention", "dead-letters"])
@pytest.mark.parametrize("role", ["volunteer", "coordinator", "observer"])
async def test_all_this_is_for_administrators(bench: Bench, path: str, role: str) -> None:
    refused = await bench.get(account(role), f"/internal/v1/{path}")

    assert refused.status_code == 403
    assert (await bench.get(anonymous(), f"/internal/v1/{path}")).status_code == 403
    assert (await bench.post(account(role), "/internal/v1/audit/verify")).status_code == 403
