"""Rules without a database: who is told, what is overtaken, who may hear what, when something is tried again."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.ids import new_id
from services.notifications.events_in import HANDLERS
from services.notifications.model import webhooks
from services.notifications.model.kinds import CHOOSABLE, TRAITS, EmailChoice, Kind, choice_of, is_overtaken
from services.notifications.model.messages import next_digest
from services.notifications.model.rules import RULES, News, rules_for
from services.notifications.use_cases.webhooks import EVENT_TYPES

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ACTOR, OTHER = new_id(), new_id()


def news(event_type: str, **more: object) -> News:
    return News(event_type, new_id(), "match", new_id(), **more)  # type: ignore[arg-type]


def client(*scopes: str, actor: UUID | None = ACTOR) -> webhooks.Owner:
    return webhooks.Owner("client", "client-1", "client", actor, frozenset(scopes))


ADMIN = webhooks.Owner("account", str(new_id()), "admin", None, frozenset())


def test_every_event_with_a_rule_has_a_handler_and_every_kind_has_words() -> None:
    handled = {event.type_name for event in HANDLERS}

    assert set(RULES) <= handled
    assert set(TRAITS) == set(Kind)
    assert handled >= EVENT_TYPES


def test_no_subject_line_names_a_kind_of_help() -> None:
    words = ("room", "housing", "legal", "asylum", "class", "health", "food")

    titles = " ".join(TRAITS[kind].sentences.title.lower() for kind in Kind)

    assert not [word for word in words if word in titles]


def test_both_sides_are_told_of_an_end_and_one_of_a_step() -> None:
    told = {kind: len(rules_for(news(f"hub.matching.match.{kind}.v1"))) for kind in ("accepted", "started", "fulfilled", "failed", "cancelled")}

    assert told == {"accepted": 1, "started": 1, "fulfilled": 2, "failed": 2, "cancelled": 2}


def test_proposals_are_told_only_if_there_are_any_and_offers_only_if_they_wait() -> None:
    some = rules_for(news("hub.matching.need.proposals_ready.v1", numbers={"count": 1}))
    none = rules_for(news("hub.matching.need.proposals_ready.v1", numbers={"count": 0}))
    waiting = rules_for(news("hub.matching.offer.posted.v1", state="awaiting_moderation"))
    opened = rules_for(news("hub.matching.offer.posted.v1", state="open"))

    assert (len(some), len(none), len(waiting), len(opened)) == (1, 0, 1, 0)


def test_a_request_that_was_answered_is_overtaken_and_a_fact_never_is() -> None:
    assert is_overtaken(Kind.REQUEST_TO_ANSWER, "accepted")
    assert not is_overtaken(Kind.REQUEST_TO_ANSWER, "confirmed")
    assert not is_overtaken(Kind.REQUEST_TO_ANSWER, None)
    assert not is_overtaken(Kind.MATCH_ACCEPTED, "fulfilled")


def test_a_stored_choice_that_is_damaged_or_not_allowed_falls_back() -> None:
    stored = {"request_to_answer": {"in_app": False, "email": "off"}, "match_started": {"in_app": False, "email": "sometimes"}}

    request, started = choice_of(Kind.REQUEST_TO_ANSWER, stored), choice_of(Kind.MATCH_STARTED, stored)

    assert (request.in_app, request.email) == (True, EmailChoice.OFF)
    assert (started.in_app, started.email) == (False, EmailChoice.OFF)
    assert Kind.INVITATION not in CHOOSABLE


@pytest.mark.parametrize(("hour", "wanted"), [(6, datetime(2026, 11, 22, 6, tzinfo=UTC)), (18, datetime(2026, 11, 21, 18, tzinfo=UTC))])
def test_the_daily_mail_goes_out_at_its_next_hour(hour: int, wanted: datetime) -> None:
    assert next_digest(NOW, hour) == wanted


MATCH, NEED, OFFER = "hub.matching.match.accepted.v1", "hub.matching.need.posted.v1", "hub.matching.offer.changed.v1"


@pytest.mark.parametrize(
    ("owner", "event", "facts", "may"),
    [
        (client("read"), "hub.actors.actor.created.v1", {}, True),
        (client("matches"), "hub.actors.actor.created.v1", {}, False),
        (client("read"), OFFER, {"audience": "public", "state": "open"}, True),
        (client("read"), OFFER, {"audience": "public", "state": "awaiting_moderation"}, False),
        (client("read"), OFFER, {"audience": "coordinators", "state": "open"}, False),
        (client("offers"), OFFER, {"audience": "coordinators", "state": "open", "provider_actor": ACTOR}, True),
        (client("offers"), OFFER, {"audience": "public", "state": "open", "provider_actor": OTHER}, False),
        (client("needs"), NEED, {"case_actor": ACTOR}, True),
        (client("needs"), NEED, {"case_actor": OTHER, "shared_with": (ACTOR,)}, True),
        (client("needs"), NEED, {"case_actor": OTHER}, False),
        (client("read", "matches"), NEED, {"case_actor": ACTOR}, False),
        (client("needs", actor=None), NEED, {"case_actor": None}, False),
        (client("matches"), MATCH, {"case_actor": ACTOR}, True),
        (client("matches"), MATCH, {"provider_actor": ACTOR}, True),
        (client("offers"), MATCH, {"provider_actor": ACTOR}, True),
        (client("offers"), MATCH, {"case_actor": ACTOR}, False),
        (client("matches"), MATCH, {"case_actor": OTHER, "provider_actor": OTHER}, False),
        (client("matches", actor=None), MATCH, {}, False),
        (client("read", "offers", "needs", "matches"), "hub.people.account.changed.v1", {}, False),
        (client("matches"), "hub.matching.round.solved.v1", {}, False),
        (ADMIN, MATCH, {}, True),
        (ADMIN, NEED, {"case_actor": ACTOR}, False),
        (ADMIN, "hub.matching.round.solved.v1", {}, True),
        (ADMIN, "hub.people.account.changed.v1", {}, False),
    ],
)
def test_a_webhook_hears_only_what_its_owner_may_see(owner: webhooks.Owner, event: str, facts: dict[str, object], may: bool) -> None:
    assert webhooks.may_receive(owner, news(event, **facts)) is may


def test_waits_between_attempts_are_moved_by_a_tenth_at_most_and_end() -> None:
    call = webhooks.WebhookCall(new_id(), new_id(), new_id(), MATCH, "{}", webhooks.CallState.SENDING, 1, NOW, None, None, new_id(), NOW, NOW)

    assert webhooks.next_call(call, [100], 1, NOW) == NOW + timedelta(seconds=110)
    assert webhooks.next_call(call, [100], -1, NOW) == NOW + timedelta(seconds=90)
    assert webhooks.next_call(call, [], 0, NOW) is None
