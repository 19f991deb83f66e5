"""Holds one connection to the broker from its first byte to its last, and never tries to revive it.

nats-py can wait for minutes inside its own reconnect (it awaits the closing of a dead socket), stop trying after 60 attempts, or keep a
pull subscription that is dead. So its reconnecting is switched off: a session that is lost or silent is abandoned, and the bus opens a
new one with everything bound afresh.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

log = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0


class SessionLost(Exception):
    """The connection ended, or was given up, before the answer came."""


class NoAnswer(Exception):
    """Nobody listens on the subject: the stream is missing or its storage is not up."""


@dataclass(frozen=True, slots=True)
class Question:
    """A message that wants one answer."""

    subject: str
    payload: bytes
    headers: Mapping[str, str]


class Session:
    """One connection with its inbox. `silent_for` says how long the broker has shown no sign of life, in seconds."""

    def __init__(self, inbox_prefix: str) -> None:
        self._client = Client()
        self._prefix = inbox_prefix
        self._inbox = ""
        self._waiting: dict[str, asyncio.Future[Msg]] = {}
        self._counter = 0
        self._last_sign = time.monotonic()
        self.lost = asyncio.Event()

    @classmethod
    async def open(cls, url: str, seed: str, inbox_prefix: str, name: str) -> "Session":
        """Connect and subscribe to the own inbox within CONNECT_SECONDS, or raise what went wrong."""
        session = cls(inbox_prefix)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await session._connect(url, seed, name)
        except BaseException:
            session.abandon()
            raise
        return session

    async def _connect(self, url: str, seed: str, name: str) -> None:
        async def on_error(error: Exception) -> None:
            # A denied subject is a mistake in the topology, not in the connection: report it and go on.
            if "permissions violation" in str(error).lower():
                log.warning("the broker denied a subject", extra={"reason": str(error)})
            elif self._client.is_connected:
                self.lost.set()

        async def on_end() -> None:
            self.lost.set()

        await self._client.connect(
            url,
            name=name,
            nkeys_seed_str=seed,
            inbox_prefix=self._prefix,
            allow_reconnect=False,
            # One attempt: with -1 or 0 the first connect would loop inside the library for ever.
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=2,
            ping_interval=5,
            max_outstanding_pings=2,
            pending_size=-1,
            error_cb=on_error,
            disconnected_cb=on_end,
            closed_cb=on_end,
        )
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(f"{self._inbox}.*", cb=self._on_answer)
        await self._client.flush(timeout=2)
        self.touch()

    def touch(self) -> None:
        """The broker has just shown that it lives."""
        self._last_sign = time.monotonic()

    @property
    def silent_for(self) -> float:
        """Seconds since the last pong, answer or delivery."""
        return time.monotonic() - self._last_sign

    @property
    def usable(self) -> bool:
        """Whether it makes sense to send."""
        if self.lost.is_set() or not self._client.is_connected:
            return False
        # Without its reader or writer the library still calls itself connected, and its flush succeeds without any pong.
        tasks = (self._client._reading_task, self._client._flusher_task)
        return all(task is not None and not task.done() for task in tasks)

    async def ping(self, seconds: float) -> None:
        """Ask for a pong; a pong is a sign of life, its absence is no error here."""
        if not self.usable:
            return
        try:
            async with asyncio.timeout(seconds):
                # The library takes whole seconds in its hint but any number in fact; the time-out above is the one that counts.
                await self._client.flush(timeout=max(1, int(seconds) + 1))
        except (TimeoutError, NatsError, OSError):
            return
        self.touch()

    async def request(self, subject: str, payload: bytes, headers: dict[str, str] | None, seconds: float) -> Msg:
        """Send and await the one answer. Raises SessionLost, NoAnswer or TimeoutError."""
        self._counter += 1
        token = str(self._counter)
        answer: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._waiting[token] = answer
        try:
            async with asyncio.timeout(seconds):
                await self.send(subject, payload, reply=f"{self._inbox}.{token}", headers=headers)
                message = await answer
        finally:
            self._waiting.pop(token, None)
        if status_of(message) == "503":
            raise NoAnswer(subject)
        return message

    async def request_many(self, questions: Sequence[Question], seconds: float) -> list[Msg | None]:
        """Send all at once, in their order, and await their answers. None for one that nobody answered in time, or before the session was lost."""
        answers: dict[str, asyncio.Future[Msg]] = {}
        try:
            for question in questions:
                self._counter += 1
                token = str(self._counter)
                answers[token] = self._waiting[token] = asyncio.get_running_loop().create_future()
                await self.send(question.subject, question.payload, reply=f"{self._inbox}.{token}", headers=dict(question.headers))
        except SessionLost:
            pass  # What was sent before may have been answered; the rest never will be.
        try:
            if answers:
                await asyncio.wait(answers.values(), timeout=0 if self.lost.is_set() else seconds)
            found = [answer.result() if answer.done() and answer.exception() is None else None for answer in answers.values()]
        finally:
            for token, answer in answers.items():
                self._waiting.pop(token, None)
                answer.cancel()
        found += [None] * (len(questions) - len(found))
        return [None if message is None or status_of(message) == "503" else message for message in found]

    async def ask(self, subject: str, question: dict[str, object] | None = None, seconds: float = 5.0) -> dict[str, object]:
        """Ask the JetStream API, which answers in JSON."""
        payload = b"" if question is None else json.dumps(question).encode()
        return cast(dict[str, object], json.loads((await self.request(subject, payload, None, seconds)).data))

    async def send(self, subject: str, payload: bytes, *, reply: str = "", headers: dict[str, str] | None = None) -> None:
        """Hand a message to the socket without waiting for anything."""
        if not self.usable:
            raise SessionLost
        try:
            await self._client.publish(subject, payload, reply=reply, headers=headers)
        except (NatsError, OSError) as error:
            raise SessionLost from error

    async def listen(self, on_message: Callable[[Msg], None]) -> str:
        """Subscribe to a fresh inbox; the answer is its prefix, to which the caller adds one token per request."""
        if not self.usable:
            raise SessionLost
        inbox = self._client.new_inbox()

        async def receive(message: Msg) -> None:
            self.touch()
            on_message(message)

        try:
            await self._client.subscribe(f"{inbox}.*", cb=receive)
        except (NatsError, OSError) as error:
            raise SessionLost from error
        return inbox

    def abandon(self) -> None:
        """Drop the socket at once, without waiting for the other side, and fail whoever still waits for an answer."""
        self.lost.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(SessionLost())
        client = self._client
        # The library's own close() awaits the socket's end, which after a partition can take minutes: its parts are ended one by one.
        client._status = Client.CLOSED
        for task in (client._reading_task, client._ping_interval_task, client._flusher_task, client._reconnection_task):
            if task is not None:
                task.cancel()
        subscriptions: list[Subscription] = list(client._subs.values())
        for subscription in subscriptions:
            if subscription._wait_for_msgs_task is not None:
                subscription._wait_for_msgs_task.cancel()
        client._subs.clear()
        writer = getattr(client._transport, "_io_writer", None)
        if writer is not None:
            writer.transport.abort()

    async def _on_answer(self, message: Msg) -> None:
        self.touch()
        answer = self._waiting.get(message.subject.rpartition(".")[2])
        if answer is not None and not answer.done():
            answer.set_result(message)


def status_of(message: Msg) -> str:
    """The three digits of a status message of the broker ("" for a message with content)."""
    if message.data or not message.headers:
        return ""
    return str(message.headers.get("Status", ""))
