"""Named locks at PostgreSQL: one holder among replicas, given back with the process, and never more than one connection for all of them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from chassis.database import Database
from chassis.testing import Databases


@pytest.fixture
async def url(databases: Databases) -> str:
    if databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    return await databases.empty("postgresql")


@pytest.fixture
async def one(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool=1, busy_seconds=2)
    yield database
    await database.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[Database]:
    database = Database(url, pool=1, busy_seconds=2)
    yield database
    await database.close()


async def test_one_of_two_replicas_holds_a_lock_until_it_gives_it_back(one: Database, other: Database) -> None:
    async with one.only_one("timer") as first, other.only_one("timer") as second, other.only_one("another") as third:
        held = first, second, third

    async with other.only_one("timer") as later:
        assert (*held, later) == (True, False, True, True)


async def test_a_process_does_not_hold_its_own_lock_twice(one: Database) -> None:
    async with one.only_one("timer") as first, one.only_one("timer") as second:
        held = first, second

    async with one.only_one("timer") as later:
        assert (*held, later) == (True, False, True)


async def test_many_timers_that_start_at_once_hold_their_locks_and_still_reach_the_database(one: Database) -> None:
    async def timer(number: int) -> int:
        async with one.only_one(f"timer {number}") as alone:
            await asyncio.sleep(0.05)
            async with one.reading() as session:
                return int(alone) * number + int((await session.execute(text("SELECT 0"))).scalar_one())

    done = await asyncio.wait_for(asyncio.gather(*(timer(number) for number in range(1, 20))), 2)

    assert done == list(range(1, 20))


async def test_a_lock_whose_connection_broke_is_free_and_can_be_taken_again(one: Database, other: Database) -> None:
    async with one.only_one("timer"):
        async with other.writing() as session:
            await session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))

    async with one.only_one("timer") as again, other.only_one("timer") as second:
        assert (again, second) == (True, False)
