"""News becomes messages for the right people: handled, repeated, reordered, erased."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from chassis.ids import new_id
from chassis.testing import Bench, account
from contracts import actors, matching, people
from services.notifications.tables import AccountRow, MailRow, NoticeRow

from .conftest import CITY, a_match, an_account, an_offer


@pytest.fixture
def kind(database_kind: str) -> str:
    return database_kind


async def notices(bench: Bench) -> list[tuple[UUID, str]]:
    """Who was told what, oldest first."""
    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(NoticeRow).order_by(NoticeRow.created_at, NoticeRow.id))).scalars().all()
    return [(row.account_id, row.kind) for row in rows]


async def mails(bench: Bench) -> list[tuple[UUID, str, str]]:
    """Which mails wait for whom, and how."""
    async with bench.service.database.reading() as session:
        rows = (await session.execute(select(MailRow).order_by(MailRow.created_at, MailRow.id))).scalars().all()
    return [(row.recipient_id, row.kind, row.state) for row in rows]


async def settled(bench: Bench, role: str, **more: object) -> UUID:
    event = an_account(role, **more)
    await bench.hear(event)
    return event.account_id


async def test_a_volunteer_is_asked_to_answer_once_however_often_the_event_comes(bench: Bench) -> None:
    volunteer = await settled(bench, "volunteer")
    event = a_match(provider_account_id=volunteer)

    delivery = await bench.hear(event, times=4)

    assert delivery.outcome == ["ack"] * 4
    assert await notices(bench) == [(volunteer, "request_to_answer")]
    assert await mails(bench) == [(volunteer, "request_to_answer", "due")]


async def test_every_active_person_of_a_providing_actor_is_asked(bench: Bench) -> None:
    actor = new_id()
    wanted = {await settled(bench, "member", actor_id=actor), await settled(bench, "coordinator", actor_id=actor)}
    await settled(bench, "member", actor_id=actor, active=False)
    await settled(bench, "observer", actor_id=actor)
    await settled(bench, "member", actor_id=new_id())

    await bench.hear(a_match(provider_actor_id=actor))

    assert {who for who, _ in await notices(bench)} == wanted


@pytest.mark.parametrize(("state", "kind_told"), [("confirmed", "request_waits"), ("accepted", "help_to_report"), ("in_progress", "help_to_report")])
async def test_a_reminder_asks_the_provider_for_what_is_due(bench: Bench, state: str, kind_told: str) -> None:
    recorder, volunteer = await settled(bench, "coordinator"), await settled(bench, "volunteer")

    await bench.hear(a_match(matching.MatchRemindedV1, state=state, recorded_by=recorder, provider_account_id=volunteer))

    assert await notices(bench) == [(volunteer, kind_told)]


async def test_a_request_that_nobody_can_answer_is_told_to_the_case_side(bench: Bench) -> None:
    recorder = await settled(bench, "coordinator", actor_id=CITY)

    await bench.hear(a_match(provider_actor_id=new_id(), recorded_by=recorder, case_actor_id=CITY))

    assert await notices(bench) == [(recorder, "nobody_to_answer")]


@pytest.mark.parametrize(
    ("event", "state", "kind_told"),
    [
        (matching.MatchAcceptedV1, "accepted", "match_accepted"),
        (matching.MatchDeclinedV1, "declined", "match_declined"),
        (matching.MatchExpiredV1, "expired", "match_expired"),
        (matching.MatchStartedV1, "in_progress", "match_started"),
    ],
)
async def test_who_recorded_the_case_is_told_of_each_step(bench: Bench, event: type[matching.MatchState], state: str, kind_told: str) -> None:
    recorder, volunteer = await settled(bench, "coordinator"), await settled(bench, "volunteer")

    await bench.hear(a_match(event, state=state, recorded_by=recorder, provider_account_id=volunteer))

    assert await notices(bench) == [(recorder, kind_told)]


@pytest.mark.parametrize(
    ("event", "state"),
    [(matching.MatchFulfilledV1, "fulfilled"), (matching.MatchFailedV1, "not_fulfilled"), (matching.MatchCancelledV1, "cancelled")],
)
async def test_both_sides_are_told_of_the_end(bench: Bench, event: type[matching.MatchState], state: str) -> None:
    recorder, volunteer = await settled(bench, "coordinator"), await settled(bench, "volunteer")

    await bench.hear(a_match(event, state=state, recorded_by=recorder, provider_account_id=volunteer))

    assert {who for who, _ in await notices(bench)} == {recorder, volunteer}


async def test_a_person_on_both_sides_is_told_once(bench: Bench) -> None:
    both = await settled(bench, "coordinator")

    await bench.hear(a_match(matching.MatchFulfilledV1, state="fulfilled", recorded_by=both, provider_account_id=both))

    assert len(await notices(bench)) == 1


async def test_the_coordinators_of_the_actor_stand_in_for_somebody_who_left(bench: Bench) -> None:
    gone = await settled(bench, "coordinator", actor_id=CITY, active=False)
    colleague = await settled(bench, "coordinator", actor_id=CITY)
    await settled(bench, "coordinator", actor_id=new_id())

    await bench.hear(a_match(matching.MatchAcceptedV1, state="accepted", recorded_by=gone, case_actor_id=CITY))
    await bench.hear(a_match(matching.MatchDeclinedV1, state="declined", recorded_by=None, case_actor_id=CITY))

    assert await notices(bench) == [(colleague, "match_accepted"), (colleague, "match_declined")]


async def test_an_anonymous_ask_without_a_team_concerns_every_coordinator(bench: Bench) -> None:
    coordinators = {await settled(bench, "coordinator"), await settled(bench, "coordinator", actor_id=CITY)}
    await settled(bench, "volunteer")

    await bench.hear(matching.NeedProposalsReadyV1(need_id=new_id(), version=1, case_id=new_id(), category="language.class", count=3))

    assert {who for who, _ in await notices(bench)} == coordinators


async def test_proposals_are_told_to_the_recorder_by_daily_mail_and_none_are_not_told(bench: Bench) -> None:
    recorder = await settled(bench, "coordinator")
    ready = {"case_id": new_id(), "category": "language.class", "recorded_by": recorder, "version": 1}

    await bench.hear(matching.NeedProposalsReadyV1(need_id=new_id(), count=0, **ready))  # type: ignore[arg-type]
    await bench.hear(matching.NeedProposalsReadyV1(need_id=new_id(), count=2, **ready))  # type: ignore[arg-type]

    assert await notices(bench) == [(recorder, "proposals_ready")]
    assert await mails(bench) == [(recorder, "proposals_ready", "held")]


async def test_an_offer_that_waits_is_told_to_coordinators_and_admins_and_its_end_to_the_provider(bench: Bench) -> None:
    moderators = {await settled(bench, "coordinator"), await settled(bench, "admin")}
    volunteer = await settled(bench, "volunteer")
    offer_id = new_id()
    mine = {"offer_id": offer_id, "provider_account_id": volunteer}

    await bench.hear(an_offer(state="awaiting_moderation", **mine))
    moderated = {who for who, _ in await notices(bench)}
    await bench.hear(an_offer(matching.OfferApprovedV1, version=2, **mine))
    await bench.hear(an_offer(matching.OfferReviewDueV1, version=3, **mine))
    await bench.hear(an_offer(matching.OfferRefusedV1, version=2, state="closed", provider_account_id=volunteer))

    assert moderated == moderators
    assert [kind for who, kind in await notices(bench) if who == volunteer] == ["offer_approved", "offer_review_due", "offer_refused"]


async def test_a_round_is_told_to_who_started_it(bench: Bench) -> None:
    starter = await settled(bench, "coordinator")
    plan = {"started_by": starter, "needs": 30, "placed": 25, "version": 1}

    await bench.hear(matching.RoundSolvedV1(round_id=new_id(), state="ready", **plan))  # type: ignore[arg-type]
    await bench.hear(matching.RoundSolvedV1(round_id=new_id(), state="failed", **plan))  # type: ignore[arg-type]
    await bench.hear(matching.RoundAppliedV1(round_id=new_id(), state="applied", **plan))  # type: ignore[arg-type]
    inbox = (await bench.get(account("coordinator", account_id=starter), "/api/v1/notifications")).json()

    assert [item["kind"] for item in reversed(inbox["items"])] == ["round_ready", "round_failed", "round_applied"]
    assert inbox["items"][-1]["body"] == "25 of 30 needs have a place in the plan."


async def test_a_request_that_comes_after_its_answer_is_not_told(bench: Bench) -> None:
    volunteer, recorder, match_id = await settled(bench, "volunteer"), await settled(bench, "coordinator"), new_id()
    both = {"match_id": match_id, "provider_account_id": volunteer, "recorded_by": recorder}

    await bench.hear(a_match(matching.MatchAcceptedV1, state="accepted", version=2, **both))
    await bench.hear(a_match(version=1, **both))

    assert await notices(bench) == [(recorder, "match_accepted")]


async def test_a_request_that_was_answered_leaves_the_unread(bench: Bench) -> None:
    actor, match_id = new_id(), new_id()
    members = [await settled(bench, "member", actor_id=actor) for _ in range(2)]
    await bench.hear(a_match(match_id=match_id, provider_actor_id=actor))
    await bench.hear(a_match(provider_actor_id=actor))

    await bench.hear(a_match(matching.MatchAcceptedV1, match_id=match_id, state="accepted", version=2, provider_actor_id=actor))

    unread = [(await bench.get(account("member", account_id=who), "/api/v1/notifications?unread=true")).json()["total"] for who in members]
    assert unread == [1, 1]


async def test_an_older_state_of_an_account_changes_nothing(bench: Bench) -> None:
    account_id = new_id()

    await bench.hear(an_account("coordinator", account_id=account_id, version=5, locale="fr"))
    await bench.hear(an_account("volunteer", account_id=account_id, version=2, locale="de"))

    async with bench.service.database.reading() as session:
        row = (await session.execute(select(AccountRow))).scalars().one()
    assert (row.role, row.locale, row.version) == ("coordinator", "fr", 5)


async def test_somebody_who_has_not_been_heard_of_yet_is_told_all_the_same(bench: Bench) -> None:
    early = new_id()

    await bench.hear(a_match(provider_account_id=early))

    assert await notices(bench) == [(early, "request_to_answer")]


async def test_an_invitation_and_a_new_password_are_mails_only(bench: Bench) -> None:
    invitation, reset, account_id = new_id(), new_id(), await settled(bench, "volunteer")

    await bench.hear(
        people.InvitationIssuedV1.model_validate(
            {"invitation_id": invitation, "role": "member", "locale": "fr", "expires_at": "2026-12-01T00:00:00Z"}
        ),
        times=2,
    )
    await bench.hear(people.AccountResetRequestedV1(account_id=account_id, reset_id=reset, locale="fr"))

    assert await notices(bench) == []
    assert await mails(bench) == [(invitation, "invitation", "due"), (reset, "password_reset", "due")]


async def test_an_erased_person_leaves_nothing_and_no_late_event_brings_them_back(bench: Bench) -> None:
    volunteer = await settled(bench, "volunteer")
    await bench.hear(a_match(provider_account_id=volunteer))
    await bench.hear(people.AccountResetRequestedV1(account_id=volunteer, reset_id=new_id(), locale="fr"))
    choice = {"items": [{"kind": "match_started", "email": "now"}]}
    await bench.call(account("volunteer", account_id=volunteer), "PUT", "/api/v1/subscriptions", json=choice, headers={"If-Match": '"0"'})

    await bench.hear(people.PersonErasedV1(subject_kind="account", subject_id=volunteer), times=2)
    await bench.hear(an_account("volunteer", account_id=volunteer, version=9))
    await bench.hear(a_match(provider_account_id=volunteer))
    await bench.hear(people.AccountResetRequestedV1(account_id=volunteer, reset_id=new_id(), locale="fr"))

    assert await notices(bench) == []
    assert await mails(bench) == []
    async with bench.service.database.reading() as session:
        for table in ("account", "preferences"):
            assert (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    assert "messages.erased" in await bench.audit_actions()


async def test_a_choice_decides_where_a_message_goes(bench: Bench) -> None:
    recorder = await settled(bench, "coordinator")
    choices = {
        "items": [
            {"kind": "match_accepted", "in_app": False, "email": "off"},
            {"kind": "match_declined", "in_app": False, "email": "daily"},
        ]
    }
    caller = account("coordinator", account_id=recorder)
    await bench.call(caller, "PUT", "/api/v1/subscriptions", json=choices, headers={"If-Match": '"0"'})

    await bench.hear(a_match(matching.MatchAcceptedV1, state="accepted", recorded_by=recorder))
    await bench.hear(a_match(matching.MatchDeclinedV1, state="declined", recorded_by=recorder))

    assert await notices(bench) == []
    assert await mails(bench) == [(recorder, "match_declined", "held")]


async def test_old_messages_are_forgotten(bench: Bench, clock: object) -> None:
    volunteer = await settled(bench, "volunteer")
    await bench.hear(a_match(provider_account_id=volunteer))
    clock.forward(days=6)  # type: ignore[attr-defined]
    await bench.hear(a_match(provider_account_id=volunteer))
    clock.forward(days=2)  # type: ignore[attr-defined]

    await bench.run_timer("forget old messages")

    assert len(await notices(bench)) == len(await mails(bench)) == 1


async def test_who_keeps_a_search_is_told_once_that_there_is_something_new_and_nobody_else_is(bench: Bench) -> None:
    reader = await settled(bench, "volunteer")
    await settled(bench, "admin")
    event = actors.SearchFoundV1(search_id=new_id(), account_id=reader, count=3)

    await bench.hear(event, times=2)

    assert await notices(bench) == [(reader, "search_found")]
    assert await mails(bench) == [(reader, "search_found", "due")]
