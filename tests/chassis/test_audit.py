"""The audit trail: append-only, chained, signed, and every tampering is found."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis import audit
from chassis.migrate import make_audit_append_only
from chassis.testing import Bench, TestClock, account


async def sealed(bench: Bench, count: int, clock: TestClock) -> None:
    for number in range(count):
        clock.forward(seconds=1)
        await bench.post(account("admin"), "/bells", {"name": f"bell {number}"})
    await bench.run_timer("seal audit")


async def verdict(bench: Bench, known_head: tuple[int, str] | None = None) -> audit.Verdict:
    service = bench.service
    async with service.database.reading() as session:
        return await audit.verify(session, service.ledger, service.signer.public_key, known_head=known_head)


async def tamper(bench: Bench, statement: str) -> None:
    async with bench.service.database.writing() as session:
        await session.execute(text(statement))


async def test_an_untouched_trail_verifies(bench: Bench, clock: TestClock) -> None:
    await sealed(bench, 4, clock)

    found = await verdict(bench)

    assert found == audit.Verdict(4, None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'bell.stolen' WHERE seq = 2",
        "UPDATE audit SET details = '{\"a\": 1}' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq >= 3",
        "UPDATE audit SET seq = 9 WHERE seq = 2",
        "UPDATE audit_head SET hash = 'f' WHERE seq = 4",
        "UPDATE audit SET caller_id = 'nobody' WHERE seq = 4",
    ],
)
async def test_every_tampering_is_found(bench: Bench, clock: TestClock, statement: str) -> None:
    await sealed(bench, 4, clock)

    await tamper(bench, statement)

    assert (await verdict(bench)).fault is not None


async def test_a_cut_tail_with_its_head_is_found_by_the_head_that_was_shipped(bench: Bench, clock: TestClock) -> None:
    await sealed(bench, 2, clock)
    await sealed_more(bench, clock)
    shipped = await head_of(bench, 4)

    await tamper(bench, "DELETE FROM audit WHERE seq > 2")
    await tamper(bench, "DELETE FROM audit_head WHERE seq > 2")

    assert (await verdict(bench)).fault is None
    assert (await verdict(bench, shipped)).fault is not None


async def sealed_more(bench: Bench, clock: TestClock) -> None:
    for name in ("x", "y"):
        clock.forward(seconds=1)
        await bench.post(account("admin"), "/bells", {"name": name})
    await bench.run_timer("seal audit")


async def head_of(bench: Bench, seq: int) -> tuple[int, str]:
    async with bench.service.database.reading() as session:
        row = (await session.execute(text(f"SELECT seq, hash FROM audit_head WHERE seq = {seq}"))).one()
    return row.seq, row.hash


async def test_retention_purges_behind_a_checkpoint_and_the_rest_still_verifies(bench: Bench, clock: TestClock) -> None:
    await sealed(bench, 3, clock)
    clock.forward(days=800)
    await bench.post(account("admin"), "/bells", {"name": "young"})
    await bench.run_timer("seal audit")

    await bench.run_timer("keep house")

    assert await verdict(bench) == audit.Verdict(1, None)


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x' WHERE seq = 1", "DELETE FROM audit WHERE seq = 1"])
async def test_the_database_itself_refuses_to_change_the_trail(bench: Bench, clock: TestClock, statement: str) -> None:
    async with bench.service.database.engine.begin() as connection:
        await connection.run_sync(make_audit_append_only)
    await sealed(bench, 2, clock)

    with pytest.raises(DBAPIError, match="append-only"):
        await tamper(bench, statement)

    assert (await verdict(bench)).fault is None


async def test_only_administrator_and_observer_read_the_trail_and_the_observer_sees_no_ids(bench: Bench, clock: TestClock) -> None:
    await sealed(bench, 1, clock)

    admin = await bench.get(account("admin"), "/internal/v1/audit")
    observer = await bench.get(account("observer"), "/internal/v1/audit")
    volunteer = await bench.get(account("volunteer"), "/internal/v1/audit")

    assert admin.json()[0]["caller_id"] is not None
    assert (observer.json()[0]["caller_id"], observer.json()[0]["subject_id"]) == (None, "-")
    assert volunteer.status_code == 403
