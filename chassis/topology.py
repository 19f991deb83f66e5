"""Says who may publish, read and acknowledge what on the broker, as one table and as the nats-server configuration made from it.

Every service has an account of its own. What crosses an account border is only what a durable consumer needs: asking for the next message
and acknowledging it. NATS does not check the reply subject of a request, so subject permissions inside one shared account would let any
service put messages into another's stream; the account border ends that.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass

from chassis.errors import Invalid

CONSUMERS: dict[str, tuple[str, ...]] = {
    "actors": ("people", "matching", "notifications"),
    "people": ("actors", "matching", "notifications"),
    "matching": ("actors", "people", "matching", "notifications"),
    "notifications": ("people",),
}
"""Producing service -> the services that read its news. Streams, durables, accounts and permissions all follow from this table."""

PROVISION_INBOX = "_INBOX_prov"
STORE_KEY_VARIABLE = "HUB_BROKER_STORE_KEY"
"""The environment variable of nats-server that holds the key which encrypts the stream files."""

ACK_WAIT_SECONDS = 2.0
"""How long a delivery may stay unanswered before it is delivered again; longer work sends in-progress marks."""
DUPLICATE_WINDOW_SECONDS = 3600
MAX_AGE_SECONDS = 7 * 24 * 3600
MAX_MESSAGE_BYTES = 32768
MAX_ACK_PENDING = 256
MAX_WAITING = 16
NANOSECONDS = 1_000_000_000

Json = dict[str, object]


class BrokerNotOnLoopback(Invalid):
    """The broker was asked to listen where other machines reach it, and its connections are not encrypted."""


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """Where the broker listens and how much it may store. Sizes in bytes; `stream_bytes` is the limit of each service's stream.

    `private_network` says that whoever sets the broker up has given it a network that only the hub's own parts reach (containers).
    """

    store_dir: str
    server_name: str = "hub"
    host: str = "127.0.0.1"
    port: int = 4222
    monitor_port: int = 8222
    stream_bytes: int = 256 * 1024 * 1024
    max_connections: int = 200
    private_network: bool = False


@dataclass(frozen=True, slots=True)
class UserKeys:
    """The public nkeys of one account: the running service, and the short-lived provisioning step."""

    service: str
    provisioning: str


def services_of(consumers: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Every service named in the table, producers first, each once."""
    return tuple(dict.fromkeys([*consumers, *(name for readers in consumers.values() for name in readers)]))


def account_of(service: str) -> str:
    """The NATS account of a service: `matching` is `MATCHING`."""
    return service.upper()


def stream_of(service: str) -> str:
    """The stream that holds a service's news: `matching` is `HUB_MATCHING`."""
    return f"HUB_{service.upper()}"


def subjects_of(service: str) -> str:
    """The subjects a service publishes on: `matching` is `hub.matching.>`."""
    return f"hub.{service}.>"


def inbox_of(service: str) -> str:
    """The prefix of the subjects on which a service gets its answers."""
    return f"_INBOX_{service}"


def producers_for(service: str, consumers: Mapping[str, tuple[str, ...]] = CONSUMERS) -> tuple[str, ...]:
    """The services whose news this service reads, in the table's order."""
    return tuple(producer for producer, readers in consumers.items() if service in readers)


def stream_config(service: str, stream_bytes: int) -> Json:
    """The stream of a service in the words of the JetStream API (durations in nanoseconds)."""
    return {
        "name": stream_of(service),
        "subjects": [subjects_of(service)],
        "storage": "file",
        "retention": "limits",
        "discard": "new",
        "max_bytes": stream_bytes,
        "max_msg_size": MAX_MESSAGE_BYTES,
        "max_age": MAX_AGE_SECONDS * NANOSECONDS,
        "duplicate_window": DUPLICATE_WINDOW_SECONDS * NANOSECONDS,
        "deny_delete": True,
        "num_replicas": 1,
    }


def durable_config(consumer: str) -> Json:
    """The durable of a consuming service in the words of the JetStream API. Deliveries are not limited: the inbox counts failures."""
    return {
        "durable_name": consumer,
        "name": consumer,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "replay_policy": "instant",
        "ack_wait": int(ACK_WAIT_SECONDS * NANOSECONDS),
        "max_deliver": -1,
        "max_ack_pending": MAX_ACK_PENDING,
        "max_waiting": MAX_WAITING,
    }


def allowed_publishes(service: str, consumers: Mapping[str, tuple[str, ...]] = CONSUMERS) -> list[str]:
    """All that a running service may send: its own news, the question how its own stream stands, pulls and acks of its durables."""
    subjects = []
    if service in consumers:
        subjects += [subjects_of(service), f"$JS.API.STREAM.INFO.{stream_of(service)}"]
    for producer in producers_for(service, consumers):
        subjects += [_pull_subject(producer, service), _ack_subject(producer, service)]
    return subjects


def render_config(consumers: Mapping[str, tuple[str, ...]], keys: Mapping[str, UserKeys], settings: BrokerSettings) -> str:
    """The nats-server configuration for the table. `keys` has one entry per service; the store's key stays in the environment."""
    if not _is_loopback(settings.host) and not settings.private_network:
        raise BrokerNotOnLoopback("The broker may only listen on this machine (127.0.0.1), because its connections are not encrypted.")
    services = services_of(consumers)
    account_bytes = settings.stream_bytes + 16 * 1024 * 1024
    head = [
        f"server_name: {json.dumps(settings.server_name)}",
        f"listen: {json.dumps(f'{settings.host}:{settings.port}')}",
        f"http: {json.dumps(f'{settings.host}:{settings.monitor_port}')}",
        f"max_payload: 64KB, max_connections: {settings.max_connections}, max_control_line: 4KB",
        'write_deadline: "5s", ping_interval: "10s", ping_max: 2',
        "# trace and debug would print payloads",
        "trace: false, debug: false",
        "jetstream {",
        f"  store_dir: {json.dumps(settings.store_dir, ensure_ascii=False)}",
        "  # without this, a power cut loses minutes of acknowledged messages",
        "  sync_interval: always",
        f"  max_memory_store: 32MB, max_file_store: {account_bytes * len(services)}",
        f'  cipher: "aes", key: ${STORE_KEY_VARIABLE}',
        "}",
        "accounts {",
    ]
    accounts = [line for service in services for line in _account(service, consumers, keys[service], account_bytes)]
    # The system account has no user: nobody signs in to it, and no other account sees its subjects.
    return "\n".join([*head, *accounts, "  SYS { users: [] }", "}", "system_account: SYS", ""])


def _account(service: str, consumers: Mapping[str, tuple[str, ...]], keys: UserKeys, account_bytes: int) -> list[str]:
    provisioning = _user(keys.provisioning, ["$JS.API.>"], [f"{PROVISION_INBOX}.>"])
    running = _user(keys.service, allowed_publishes(service, consumers), [f"{inbox_of(service)}.>"])
    exports = [
        line
        for reader in consumers.get(service, ())
        if reader != service
        for line in (
            f"{{ service: {json.dumps(_pull_subject(service, reader))}, response_type: stream, accounts: [{account_of(reader)}] }}",
            f"{{ service: {json.dumps(_ack_subject(service, reader))}, accounts: [{account_of(reader)}] }}",
        )
    ]
    imports = [
        f"{{ service: {{ account: {account_of(producer)}, subject: {json.dumps(subject)} }} }}"
        for producer in producers_for(service, consumers)
        if producer != service
        for subject in (_pull_subject(producer, service), _ack_subject(producer, service))
    ]
    max_consumers = len(consumers.get(service, ())) + 1
    return [
        f"  {account_of(service)} {{",
        f"    jetstream: {{ max_file: {account_bytes}, max_mem: 1MB, max_streams: 1, max_consumers: {max_consumers} }}",
        *_list("users", [provisioning, running]),
        *_list("exports", exports),
        *_list("imports", imports),
        "  }",
    ]


def _user(nkey: str, publish: list[str], subscribe: list[str]) -> str:
    return f"{{ nkey: {nkey}, permissions {{ publish: {json.dumps(publish)}, subscribe: {json.dumps(subscribe)} }} }}"


def _list(name: str, items: list[str]) -> list[str]:
    return [f"    {name}: [", *(f"      {item}" for item in items), "    ]"] if items else []


def _pull_subject(producer: str, consumer: str) -> str:
    return f"$JS.API.CONSUMER.MSG.NEXT.{stream_of(producer)}.{consumer}"


def _ack_subject(producer: str, consumer: str) -> str:
    return f"$JS.ACK.{stream_of(producer)}.{consumer}.>"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
