"""The table of who reads whose news becomes streams, durables and permissions."""

import pytest

from chassis.topology import (
    CONSUMERS,
    BrokerNotOnLoopback,
    BrokerSettings,
    UserKeys,
    allowed_publishes,
    durable_config,
    producers_for,
    render_config,
    services_of,
    stream_config,
    stream_of,
)

SMALL = {"kitchen": ("tables", "kitchen"), "tables": ("kitchen",)}


def rendered(consumers: dict[str, tuple[str, ...]] = SMALL, host: str = "127.0.0.1") -> str:
    keys = {name: UserKeys(service=f"U{name.upper()}", provisioning=f"P{name.upper()}") for name in services_of(consumers)}
    return render_config(consumers, keys, BrokerSettings(store_dir='/tmp/a "b"', host=host))


def test_every_consumer_of_the_table_is_a_producer_too() -> None:
    services = services_of(CONSUMERS)

    assert services == ("actors", "people", "matching", "notifications")
    assert stream_of("matching") == "HUB_MATCHING"


def test_a_service_may_send_its_news_and_serve_its_durables_and_nothing_else() -> None:
    allowed = allowed_publishes("notifications")

    assert allowed == [
        "hub.notifications.>",
        "$JS.API.STREAM.INFO.HUB_NOTIFICATIONS",
        "$JS.API.CONSUMER.MSG.NEXT.HUB_ACTORS.notifications",
        "$JS.ACK.HUB_ACTORS.notifications.>",
        "$JS.API.CONSUMER.MSG.NEXT.HUB_PEOPLE.notifications",
        "$JS.ACK.HUB_PEOPLE.notifications.>",
        "$JS.API.CONSUMER.MSG.NEXT.HUB_MATCHING.notifications",
        "$JS.ACK.HUB_MATCHING.notifications.>",
    ]


def test_a_service_that_reads_its_own_stream_needs_no_border_crossing() -> None:
    text = rendered()

    assert producers_for("kitchen", SMALL) == ("kitchen", "tables")
    assert text.count("$JS.API.CONSUMER.MSG.NEXT.HUB_KITCHEN.kitchen") == 1
    assert "accounts: [KITCHEN]" in text
    assert text.count("account: KITCHEN,") == 2


def test_the_configuration_syncs_each_message_and_keeps_the_key_in_the_environment() -> None:
    text = rendered()

    assert "sync_interval: always" in text
    assert 'cipher: "aes", key: $HUB_BROKER_STORE_KEY' in text
    assert 'store_dir: "/tmp/a \\"b\\""' in text
    assert "SYS { users: [] }" in text


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "broker.example.org"])
def test_the_broker_refuses_to_listen_where_others_reach_it(host: str) -> None:
    with pytest.raises(BrokerNotOnLoopback):
        rendered(host=host)


def test_streams_refuse_when_full_and_durables_never_give_up() -> None:
    stream = stream_config("actors", 1000)
    durable = durable_config("matching")

    assert (stream["discard"], stream["max_bytes"], stream["max_msg_size"], stream["deny_delete"]) == ("new", 1000, 32768, True)
    assert (stream["duplicate_window"], stream["max_age"]) == (3600 * 10**9, 7 * 86400 * 10**9)
    assert (durable["ack_wait"], durable["max_deliver"], durable["max_ack_pending"], durable["max_waiting"]) == (2 * 10**9, -1, 256, 16)
