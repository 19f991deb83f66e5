"""Keeps a service connected to the broker in the background, so that the service itself never waits for a broker that is away (R12)."""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from nats.errors import Error as NatsError

from chassis import topology
from chassis.bus.pull import PullConsumer
from chassis.bus.session import NoAnswer, Question, Session, SessionLost
from chassis.errors import Unavailable

log = logging.getLogger(__name__)

PUBLISH_SECONDS = 3.0
FIRST_RETRY_SECONDS = 0.1
LONGEST_RETRY_SECONDS = 1.0


class BusUnavailable(Unavailable):
    """The broker cannot be reached or does not answer; the message may or may not be stored, so publish it again with the same id."""


class BusRefused(Unavailable):
    """The broker answered that it does not take the message, for instance because the stream is full."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message to store; the same `event_id` within an hour is stored once."""

    subject: str
    payload: bytes
    event_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """How a service's own stream stands: another `created` or a lower `last_seq` than remembered means that the broker lost news."""

    created: datetime
    last_seq: int


class Bus:
    """A service's line to the broker.

    `start` returns at once; `connected` and `on_connect` tell when the line stands. A line without any sign of life for `stall_seconds`
    is thrown away and replaced (R7); the process lives on, because its API must go on accepting writes.
    """

    def __init__(self, *, url: str, seed: str, service: str, stall_seconds: float = 15.0) -> None:
        self._url = url
        self._seed = seed
        self._service = service
        self._stall_seconds = stall_seconds
        self._session: Session | None = None
        self._arrival = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.on_connect: list[Callable[[], None]] = []

    @property
    def connected(self) -> bool:
        """Whether a message sent now would reach the broker, as far as is known."""
        return self._session is not None and self._session.usable

    async def start(self) -> None:
        """Begin connecting in the background; never waits, never fails."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_connected(), name=f"bus-{self._service}")

    async def close(self) -> None:
        """Let what was sent reach the broker (at most a second), then hang up."""
        if self._session is not None and self._session.usable:
            await self._session.ping(1.0)
        keeper, self._keeper = self._keeper, None
        while keeper is not None and not keeper.done():
            # Asked until it ends: `wait_for`, which the library uses, loses a cancellation that meets an answer (Python 3.11).
            keeper.cancel()
            await asyncio.wait({keeper}, timeout=0.2)
        self._hang_up()

    async def publish(self, subject: str, payload: bytes, *, event_id: str, headers: dict[str, str] | None = None) -> int:
        """Store one message and return its sequence in the stream; the same `event_id` within an hour is stored once."""
        all_headers = {**(headers or {}), "Nats-Msg-Id": event_id}
        try:
            answer = await self._usable_session().request(subject, payload, all_headers, PUBLISH_SECONDS)
        except (SessionLost, NoAnswer, TimeoutError) as error:
            raise BusUnavailable("The message broker does not answer. The message is kept and sent later.") from error
        return cast(int, _checked(answer.data)["seq"])

    async def publish_many(self, messages: Sequence[Message]) -> list[int | None]:
        """Store many messages with one waiting time for all, in their order. For each its sequence in the stream, or None where the broker did not
        confirm it: it may or may not be stored, so publish it again. Raises BusUnavailable where none could be sent."""
        questions = [Question(each.subject, each.payload, {**each.headers, "Nats-Msg-Id": each.event_id}) for each in messages]
        try:
            answers = await self._usable_session().request_many(questions, PUBLISH_SECONDS)
        except SessionLost as error:
            raise BusUnavailable("The message broker does not answer. The message is kept and sent later.") from error
        return [_sequence(answer.data) if answer is not None else None for answer in answers]

    async def own_stream(self) -> StreamFacts:
        """When the service's own stream was created, and the sequence of its last message (0 when it is empty)."""
        try:
            message = await self._usable_session().request(f"$JS.API.STREAM.INFO.{topology.stream_of(self._service)}", b"", None, PUBLISH_SECONDS)
        except (SessionLost, NoAnswer, TimeoutError) as error:
            raise BusUnavailable("The message broker does not answer. Nothing was changed.") from error
        answer = _checked(message.data)
        state = cast(dict[str, int], answer["state"])
        return StreamFacts(created=datetime.fromisoformat(str(answer["created"])), last_seq=state["last_seq"])

    def pull(self, stream: str) -> PullConsumer:
        """The reader of this service's durable on a stream (`HUB_ACTORS`)."""
        return PullConsumer(self.session_within, stream=stream, durable=self._service)

    async def session_within(self, seconds: float) -> Session | None:
        """The live session, waiting for it at most so long."""
        if not self.connected:
            # The keeper may not have noticed the loss yet; a signal left standing would let the caller spin without ever yielding.
            self._arrival.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._arrival.wait()
            except TimeoutError:
                return None
        return self._session if self.connected else None

    def _usable_session(self) -> Session:
        if self._session is None or not self._session.usable:
            raise SessionLost
        return self._session

    async def _keep_connected(self) -> None:
        retry = FIRST_RETRY_SECONDS
        while True:
            try:
                self._session = await Session.open(self._url, self._seed, topology.inbox_of(self._service), self._service)
            except (OSError, NatsError, TimeoutError) as error:
                log.info("the broker is away", extra={"service": self._service, "reason": type(error).__name__})
                await asyncio.sleep(retry)
                retry = min(retry * 2, LONGEST_RETRY_SECONDS)
                continue
            except Exception:
                # Whatever a broken answer makes the library raise, the line must come back by itself.
                log.exception("connecting to the broker failed", extra={"service": self._service})
                await asyncio.sleep(LONGEST_RETRY_SECONDS)
                continue
            retry = FIRST_RETRY_SECONDS
            self._arrival.set()
            log.info("connected to the broker", extra={"service": self._service})
            self._tell_connected()
            await self._watch(self._session)
            self._hang_up()
            # A broker that closes each line at once must not be asked a thousand times a second.
            await asyncio.sleep(FIRST_RETRY_SECONDS)

    def _tell_connected(self) -> None:
        for callback in self.on_connect:
            try:
                callback()
            except Exception:
                log.exception("a listener for the broker's arrival failed", extra={"service": self._service})

    async def _watch(self, session: Session) -> None:
        """Return when the session is lost, or silent for too long."""
        pause = min(5.0, self._stall_seconds / 3)
        while session.usable:
            try:
                async with asyncio.timeout(pause):
                    await session.lost.wait()
            except TimeoutError:
                await session.ping(pause)
            if session.silent_for >= self._stall_seconds:
                log.warning("the broker is silent; connecting afresh", extra={"service": self._service})
                return

    def _hang_up(self) -> None:
        self._arrival.clear()
        session, self._session = self._session, None
        if session is not None:
            session.abandon()


def _sequence(data: bytes) -> int | None:
    """Where the broker stored a message; None where it refused it."""
    answer = json.loads(data)
    return cast(int, answer["seq"]) if "error" not in answer else None


def _checked(data: bytes) -> dict[str, object]:
    """The JSON answer of the broker, unless it is a refusal."""
    answer = cast(dict[str, object], json.loads(data))
    if "error" in answer:
        error = cast(dict[str, int], answer["error"])
        raise BusRefused("The message broker refused the message (code {code}).", code=error.get("err_code", 0))
    return answer
