"""Waiting messages are handled in one transaction; whatever one of them does, each has the outcome that it has by itself."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
import toy
from sqlalchemy import select

from chassis.context import correlation_id
from chassis.ids import new_id
from chassis.testing import Bench, Databases, FakeDelivery, TestClock, bench_for, settings_for_tests
from contracts.envelope import open_envelope, seal

HUNG = toy.BellHungV1.type_name
POISON = 13
"""The version at which the toy's handler always fails."""


class BellSoldV1(toy.BellHungV1):
    """News that the toy does not listen to."""

    type_name = "hub.actors.bell.sold.v1"


@dataclass(slots=True)
class Watched(FakeDelivery):
    """Looks, when it is acked, whether its effect is committed."""

    bench: Bench | None = None
    committed: list[bool] = field(default_factory=list)

    async def ack(self) -> None:
        assert self.bench is not None
        inbox = self.bench.service.ledger.inbox
        async with self.bench.service.database.reading() as session:
            handled = (await session.execute(select(inbox.c.event_id).where(inbox.c.event_id == event_id_of(self)))).first()
        self.committed.append(handled is not None)
        self.outcome.append("ack")


def news(number: int, version: int = 1, *, kind: type[toy.BellHungV1] = toy.BellHungV1, event_id: UUID | None = None) -> FakeDelivery:
    """A message about the bell of that number."""
    event = kind(bell_id=bell(number), version=version)
    raw = seal(event, event_id=event_id or new_id(), occurred_at=TestClock().at, correlation_id=new_id())
    return FakeDelivery(event.type_name, raw)


def bell(number: int) -> UUID:
    return UUID(int=number)


def event_id_of(delivery: FakeDelivery) -> str:
    return str(open_envelope(delivery.data)[0].id)


async def receive(bench: Bench, *batch: FakeDelivery) -> list[list[str]]:
    """What became of the messages of one batch."""
    await bench.service.consumers()[0]._handle_batch(list(batch))  # type: ignore[arg-type]
    return [delivery.outcome for delivery in batch]


def watch(bench: Bench) -> list[Any]:
    """The transactions in which the handler was called, in order, once a call."""
    transactions = []

    async def listen(work: Any, event: toy.BellHungV1) -> None:
        transactions.append(work)
        await toy.bell_hung(work, event)

    bench.service.handlers = {toy.BellHungV1: listen}
    return transactions


async def heard(bench: Bench) -> dict[int, int]:
    """How often each bell was heard of."""
    async with bench.service.database.reading() as session:
        return {row.bell_id.int: row.heard for row in (await session.execute(select(toy.echo).order_by(toy.echo.c.bell_id))).all()}


async def inbox_of(bench: Bench) -> set[str]:
    async with bench.service.database.reading() as session:
        return set((await session.execute(select(bench.service.ledger.inbox.c.event_id))).scalars())


async def test_a_batch_is_handled_in_one_transaction(bench: Bench) -> None:
    transactions = watch(bench)
    batch = [news(number) for number in range(5)]

    outcomes = await receive(bench, *batch)

    assert (outcomes, transactions) == ([["ack"]] * 5, transactions[:1] * 5)
    assert await heard(bench) == dict.fromkeys(range(5), 1)
    assert await inbox_of(bench) == {event_id_of(each) for each in batch}


async def test_news_for_others_is_taken_off_without_a_look_at_it_or_a_transaction(bench: Bench) -> None:
    transactions = watch(bench)
    batch = [FakeDelivery(BellSoldV1.type_name, b"whatever"), news(1), FakeDelivery(BellSoldV1.type_name, b"it says"), news(2)]

    outcomes = await receive(bench, *batch)

    assert outcomes == [["ack"]] * 4
    assert transactions == transactions[:1] * 2
    assert await heard(bench) == {1: 1, 2: 1}


async def test_more_than_are_handled_together_are_all_handled(bench: Bench) -> None:
    batch = [news(number) for number in range(37)]

    outcomes = await receive(bench, *batch)

    assert outcomes == [["ack"]] * 37
    assert await heard(bench) == dict.fromkeys(range(37), 1)


async def test_a_message_is_acked_only_after_its_effect_is_committed(bench: Bench) -> None:
    batch = [Watched(HUNG, news(number).data, bench=bench) for number in range(4)]

    await receive(bench, *batch)

    assert [each.committed for each in batch] == [[True]] * 4


async def test_a_repeat_within_a_batch_changes_nothing(bench: Bench) -> None:
    transactions, event_id = watch(bench), new_id()
    batch = [news(1, event_id=event_id), news(2), news(1, event_id=event_id), news(1, event_id=event_id)]

    outcomes = await receive(bench, *batch)

    assert (outcomes, transactions) == ([["ack"]] * 4, transactions[:1] * 2)
    assert await heard(bench) == {1: 1, 2: 1}


async def test_a_repeat_in_a_later_batch_changes_nothing_in_whatever_order(bench: Bench) -> None:
    first = [news(number) for number in range(4)]
    await receive(bench, *first)
    transactions, fresh = watch(bench), [news(7), news(8)]

    outcomes = await receive(bench, fresh[0], *[FakeDelivery(each.subject, each.data, delivered=2) for each in first[::-1]], fresh[1])

    assert (outcomes, transactions) == ([["ack"]] * 6, transactions[:1] * 2)
    assert await heard(bench) == {0: 1, 1: 1, 2: 1, 3: 1, 7: 1, 8: 1}


@pytest.mark.parametrize("place", [0, 2, 4])
async def test_one_that_fails_among_good_ones_goes_back_alone(bench: Bench, place: int) -> None:
    batch = [news(number, POISON if number == place else 1) for number in range(5)]

    outcomes = await receive(bench, *batch)

    assert outcomes == [["nak"] if number == place else ["ack"] for number in range(5)]
    assert await heard(bench) == {number: 1 for number in range(5) if number != place}
    assert await inbox_of(bench) == {event_id_of(each) for number, each in enumerate(batch) if number != place}


async def test_one_that_always_fails_dies_after_its_own_attempts_and_takes_nobody_along(bench: Bench) -> None:
    poison, good = news(0, POISON), [news(number) for number in range(1, 11)]

    for attempt in range(5):
        await receive(bench, *good[2 * attempt : 2 * attempt + 1], poison, *good[2 * attempt + 1 : 2 * attempt + 2])

    assert poison.outcome == ["nak"] * 4 + ["term"]
    assert [each.outcome for each in good] == [["ack"]] * 10
    assert await heard(bench) == dict.fromkeys(range(1, 11), 1)
    assert await bench.dead_letters() == ["failed 5 times: RuntimeError"]


async def test_an_unknown_type_and_a_malformed_message_among_good_ones_die_alone(bench: Bench) -> None:
    unknown = FakeDelivery("hub.actors.bell.melted.v1", news(9).data.replace(b"bell.hung", b"bell.melted"))
    malformed = FakeDelivery(HUNG, b"{")
    batch = [news(1), unknown, news(2), malformed, news(3)]

    outcomes = await receive(bench, *batch)

    assert outcomes == [["ack"], ["term"], ["ack"], ["term"], ["ack"]]
    assert await heard(bench) == {1: 1, 2: 1, 3: 1}
    assert len(await bench.dead_letters()) == 2


async def test_news_that_nobody_asked_for_is_taken_off_with_the_batch_and_leaves_no_row(bench: Bench) -> None:
    batch = [news(1), news(2, kind=BellSoldV1), news(3)]

    outcomes = await receive(bench, *batch)

    assert outcomes == [["ack"]] * 3
    assert await inbox_of(bench) == {event_id_of(batch[0]), event_id_of(batch[2])}


async def test_each_effect_of_a_batch_is_correlated_to_its_own_message(bench: Bench) -> None:
    transactions, causes = [], []

    async def answer(work: Any, event: toy.BellHungV1) -> None:
        transactions.append(work)
        causes.append((work.cause.correlationid, correlation_id()))
        await work.outbox.add(toy.BellHungV1(bell_id=event.bell_id, version=2))

    bench.service.handlers = {toy.BellHungV1: answer}
    batch = [news(number) for number in range(4)]

    await receive(bench, *batch)

    asked = [open_envelope(each.data)[0].correlationid for each in batch]
    assert transactions == transactions[:1] * 4
    assert causes == [(each, each) for each in asked]
    assert [envelope.correlationid for envelope, _ in await bench.queued_with_envelopes()] == asked


async def test_what_fails_at_the_end_of_the_batch_rolls_all_of_it_back_and_each_is_tried_by_itself(bench: Bench) -> None:
    tried = []

    async def listen(work: Any, event: toy.BellHungV1) -> None:
        await toy.bell_hung(work, event)
        tried.append(event.bell_id.int)

        async def act() -> None:
            if event.bell_id == bell(2):
                raise RuntimeError("never ends")

        work.before_commit(str(event.bell_id), act)

    bench.service.handlers = {toy.BellHungV1: listen}

    outcomes = await receive(bench, *[news(number) for number in range(4)])

    assert outcomes == [["ack"], ["ack"], ["nak"], ["ack"]]
    assert tried == [0, 1, 2, 3, 0, 1, 2, 3]
    assert await heard(bench) == {0: 1, 1: 1, 3: 1}


async def test_what_failed_and_succeeds_within_a_later_batch_is_forgotten(bench: Bench) -> None:
    well = False

    async def listen(work: Any, event: toy.BellHungV1) -> None:
        if event.bell_id == bell(0) and not well:
            raise RuntimeError("not yet")

    bench.service.handlers = {toy.BellHungV1: listen}
    consumer, late, failure = bench.service.consumers()[0], news(0), bench.service.ledger.inbox_failure
    await consumer._handle_batch([late])  # type: ignore[list-item]

    well = True
    await consumer._handle_batch([news(1), late])  # type: ignore[list-item]

    async with bench.service.database.reading() as session:
        failures = (await session.execute(select(failure.c.event_id))).all()
    assert (late.outcome, failures, consumer._failures) == (["nak", "ack"], [], set())


@pytest.fixture
async def replicas(databases: Databases) -> AsyncIterator[tuple[Bench, Bench]]:
    if databases.postgres is None:
        pytest.skip("the PostgreSQL wheel does not run on this machine")
    url = await databases.empty("postgresql")
    async with bench_for(lambda: toy.build("matching", settings_for_tests(url))) as first:
        await toy.make_tables(first.service)
        async with bench_for(lambda: toy.build("matching", settings_for_tests(url))) as second:
            yield first, second


async def test_two_replicas_that_get_the_same_batch_at_once_handle_each_message_once(replicas: tuple[Bench, Bench]) -> None:
    first = [news(number) for number in range(12)]
    second = [FakeDelivery(each.subject, each.data, delivered=2) for each in first[::-1]]

    await asyncio.gather(receive(replicas[0], *first), receive(replicas[1], *second))

    again = [each for each in (*first, *second) if each.outcome != ["ack"]]
    for each in again:
        each.outcome.clear()
        await receive(replicas[0], each)
    assert [each.outcome for each in (*first, *second)] == [["ack"]] * 24
    assert await heard(replicas[0]) == dict.fromkeys(range(12), 1)
