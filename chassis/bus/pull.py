"""Fetches deliveries of a durable and answers them.

A fetch asks first for what is there now (no waiting, up to the whole batch) and only if that is nothing for the next single message.
So the answer comes the moment there is one, and no forgotten request collects messages that nobody reads.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from nats.aio.msg import Msg

from chassis.bus.session import Session, SessionLost, status_of

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 0.4
"""How often the broker shows during a waiting fetch that it has not forgotten the request."""
MISSED_HEARTBEATS = 3
LOST_PAUSE_SECONDS = 0.05
NANOSECONDS = 1_000_000_000
ENDED = ("404", "408")
"""Status of a request that ended as it should: nothing there, or the time is up."""

SessionSource = Callable[[float], Awaitable[Session | None]]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message in our hands. `delivered` counts from 1; until one of ack, nak or term it comes again after the stream's ack wait.

    Answers are sent without waiting. One that cannot be sent is no error: the message is delivered again, and the inbox knows it.
    """

    subject: str
    data: bytes
    headers: dict[str, str]
    delivered: int
    stream_seq: int
    _reply: str = field(repr=False)
    _session_within: SessionSource = field(repr=False)

    async def ack(self) -> None:
        """Done: never deliver it again."""
        await self._answer(b"+ACK")

    async def nak(self, delay: float) -> None:
        """Not now: deliver it again after `delay` seconds."""
        await self._answer(b"-NAK " + json.dumps({"delay": int(delay * NANOSECONDS)}).encode())

    async def term(self) -> None:
        """Never again, although it was not handled; the caller has kept it elsewhere."""
        await self._answer(b"+TERM")

    async def in_progress(self) -> None:
        """Still at work: start the ack wait anew."""
        await self._answer(b"+WPI")

    async def _answer(self, word: bytes) -> None:
        # The reply subject holds on any connection of the account, also on one made after the delivery.
        session = await self._session_within(0.0)
        if session is None:
            return
        try:
            await session.send(self._reply, word)
        except SessionLost:
            log.info("an answer to the broker was not sent; the message comes again", extra={"stream_seq": self.stream_seq})


class PullConsumer:
    """Reads one durable. Not for several callers at once; it binds itself anew after each reconnect."""

    def __init__(self, session_within: SessionSource, *, stream: str, durable: str) -> None:
        self._session_within = session_within
        self._stream = stream
        self._subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self._session: Session | None = None
        self._inbox = ""
        self._counter = 0
        self._arrived: asyncio.Queue[Msg] = asyncio.Queue()

    async def fetch(self, batch: int, timeout: float) -> list[Delivery]:
        """Up to `batch` deliveries, as soon as there is one; empty after `timeout` seconds or when the broker is away."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        session = await self._session_within(timeout)
        if session is None:
            return []
        try:
            await self._bind(session)
            found = await self._request(session, {"batch": batch, "no_wait": True}, batch, min(deadline, loop.time() + 1.0))
            remaining = deadline - loop.time()
            if found or remaining <= 0.01:
                return found
            return await self._request(session, _waiting_request(remaining), 1, deadline)
        except SessionLost:
            # The caller asks again at once; without a pause, it would keep the loop from noticing the loss.
            await asyncio.sleep(max(0.0, min(LOST_PAUSE_SECONDS, deadline - loop.time())))
            return []

    async def _bind(self, session: Session) -> None:
        if session is self._session:
            return
        arrived: asyncio.Queue[Msg] = asyncio.Queue()
        self._inbox = await session.listen(arrived.put_nowait)
        self._arrived = arrived
        self._session = session

    async def _request(self, session: Session, question: dict[str, object], batch: int, deadline: float) -> list[Delivery]:
        """Send one request and collect its messages until it is filled, ended by the broker, out of time, or forgotten by it."""
        self._counter += 1
        reply = f"{self._inbox}.{self._counter}"
        await session.send(self._subject, json.dumps(question).encode(), reply=reply)
        found: list[Delivery] = []
        while len(found) < batch:
            message = await self._next(session, deadline, beating="idle_heartbeat" in question)
            if message is None:
                break
            status = status_of(message)
            if not status:
                found.append(self._delivery(message))
            elif message.subject != reply or status == "100":
                # The end of an earlier request, or a heartbeat.
                continue
            elif status in ENDED:
                break
            else:
                # The durable is missing, busy, or its storage is not up yet: the caller would ask again at once.
                log.warning("the broker gives no messages now", extra={"stream": self._stream, "status": status})
                await asyncio.sleep(max(0.0, min(0.5, deadline - asyncio.get_running_loop().time())))
                break
        return found

    async def _next(self, session: Session, deadline: float, *, beating: bool) -> Msg | None:
        """The next message, or None when the time is up, the heartbeats stopped, or the session ended."""
        if not self._arrived.empty():
            return self._arrived.get_nowait()
        seconds = deadline - asyncio.get_running_loop().time() + 0.05
        if beating:
            seconds = min(seconds, HEARTBEAT_SECONDS * MISSED_HEARTBEATS)
        waiting = asyncio.ensure_future(self._arrived.get())
        lost = asyncio.ensure_future(session.lost.wait())
        try:
            await asyncio.wait((waiting, lost), timeout=max(seconds, 0.0), return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            waiting.cancel()
            lost.cancel()

    def _delivery(self, message: Msg) -> Delivery:
        facts = message.metadata
        return Delivery(
            subject=message.subject,
            data=message.data,
            headers=dict(message.headers or {}),
            delivered=facts.num_delivered,
            stream_seq=facts.sequence.stream,
            _reply=message.reply,
            _session_within=self._session_within,
        )


def _waiting_request(seconds: float) -> dict[str, object]:
    request: dict[str, object] = {"batch": 1, "expires": int(seconds * NANOSECONDS)}
    # The broker refuses a heartbeat longer than half the waiting time.
    if seconds > 2.5 * HEARTBEAT_SECONDS:
        request["idle_heartbeat"] = int(HEARTBEAT_SECONDS * NANOSECONDS)
    return request
