"""Creates or corrects the streams and durables of one account, with the provisioning key that no running service has."""

from collections.abc import Sequence
from typing import cast

from nats.errors import Error as NatsError

from chassis.bus.connection import BusRefused, BusUnavailable
from chassis.bus.session import NoAnswer, Session, SessionLost
from chassis.topology import PROVISION_INBOX, Json

ANSWER_SECONDS = 5.0
NOT_FOUND = 404


async def ensure_streams(url: str, seed: str, stream: Json, durables: Sequence[Json]) -> list[str]:
    """Bring one stream and its durables to the wanted configuration; return what was created or changed.

    Durables that the list no longer names stay: deleting one loses its position, so that is an operator's decision.
    """
    try:
        session = await Session.open(url, seed, PROVISION_INBOX, "provisioning")
    except (OSError, NatsError, TimeoutError) as error:
        raise BusUnavailable("The message broker cannot be reached for setting up its streams.") from error
    try:
        changes = await _ensure_stream(session, stream)
        for durable in durables:
            changes += await _ensure_durable(session, str(stream["name"]), durable)
        return changes
    except (SessionLost, NoAnswer, TimeoutError) as error:
        raise BusUnavailable("The message broker stopped answering while its streams were set up. Start it again.") from error
    finally:
        session.abandon()


async def _ensure_stream(session: Session, wanted: Json) -> list[str]:
    name = str(wanted["name"])
    present = await _ask(session, f"$JS.API.STREAM.INFO.{name}", None)
    if present is None:
        await _ask(session, f"$JS.API.STREAM.CREATE.{name}", wanted)
        return [f"created {name}"]
    config = cast(Json, present["config"])
    if _agrees(wanted, config):
        return []
    await _ask(session, f"$JS.API.STREAM.UPDATE.{name}", {**config, **wanted})
    return [f"changed {name}"]


async def _ensure_durable(session: Session, stream: str, wanted: Json) -> list[str]:
    name = str(wanted["durable_name"])
    present = await _ask(session, f"$JS.API.CONSUMER.INFO.{stream}.{name}", None)
    if present is not None and _agrees(wanted, cast(Json, present["config"])):
        return []
    config = wanted if present is None else {**cast(Json, present["config"]), **wanted}
    # The API's creation is also its change; an "action" keeps the two apart, so that a race does not reset anything.
    action = "create" if present is None else "update"
    await _ask(session, f"$JS.API.CONSUMER.CREATE.{stream}.{name}", {"stream_name": stream, "config": config, "action": action})
    return [f"{'created' if present is None else 'changed'} {stream}/{name}"]


async def _ask(session: Session, subject: str, question: Json | None) -> Json | None:
    """The answer of the JetStream API; None when the thing asked about does not exist."""
    answer = await session.ask(subject, question, ANSWER_SECONDS)
    error = cast(dict[str, int], answer.get("error") or {})
    if error.get("code") == NOT_FOUND:
        return None
    if error:
        raise BusRefused("The message broker refused a stream's configuration (code {code}).", code=error.get("err_code", 0))
    return answer


def _agrees(wanted: Json, present: Json) -> bool:
    return all(present.get(key) == value for key, value in wanted.items())
