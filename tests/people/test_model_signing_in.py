"""Signing in: guessing, tokens, sessions, links and clients."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from contracts.roles import Role, Scope
from services.people.model import clients, guesses, invitations, sessions
from services.people.model.guesses import Attempts, Guesses
from services.people.model.tokens import hash_token, is_token, new_token

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize("every", [timedelta(milliseconds=1), timedelta(seconds=1), timedelta(seconds=10)])
def test_of_ten_thousand_guesses_fewer_than_a_hundred_are_evaluated(every: timedelta):
    attempts, evaluated = Attempts(), 0

    for number in range(10_000):
        now = NOW + number * every
        # A new address for every guess: only the account's own count holds it back.
        one = Attempts(account=attempts.account)
        if guesses.may_try(one, now).allowed:
            evaluated += 1
            attempts = one.failed(now)

    assert evaluated < 100


def test_one_source_that_tries_many_accounts_is_held_back_too():
    source, evaluated = Guesses(), 0

    for number in range(10_000):
        now = NOW + number * timedelta(seconds=1)
        one = Attempts(source=source)
        if guesses.may_try(one, now).allowed:
            evaluated += 1
            source = one.failed(now).source

    assert evaluated < 100


def test_the_owner_at_a_familiar_place_is_not_stopped_by_an_attack_from_elsewhere():
    owner = Attempts().succeeded(NOW)
    attacked = owner.account
    for number in range(200):
        attacked = attacked.failed(guesses.PER_ACCOUNT, NOW + number * HOUR)
    now = NOW + 200 * HOUR

    at_home = guesses.may_try(Attempts(account=attacked, pair=owner.pair), now)
    elsewhere = guesses.may_try(Attempts(account=attacked), now - MINUTE * 30)

    assert at_home.allowed
    assert not elsewhere.allowed
    assert elsewhere.wait <= HOUR


@given(st.lists(st.integers(0, 10_000), max_size=60))
@settings(max_examples=50)
def test_nobody_ever_waits_longer_than_an_hour(gaps: list[int]):
    now, attempts = NOW, Attempts()

    for gap in gaps:
        now += timedelta(seconds=gap)
        attempts = attempts.failed(now)

    assert guesses.may_try(attempts, now).wait <= HOUR
    assert guesses.may_try(attempts, now + HOUR).allowed


def test_the_delay_doubles_after_five_free_failures_and_is_forgotten_after_a_day():
    attempts, waits = Attempts(), []

    for _ in range(8):
        attempts = attempts.failed(NOW)
        waits.append(int(guesses.may_try(attempts, NOW).wait.total_seconds()))

    assert waits == [0, 0, 0, 0, 30, 60, 120, 240]
    assert attempts.failed(NOW + DAY).account.failures == 1


def test_a_refused_try_says_when_to_come_back():
    attempts = Attempts()
    for _ in range(5):
        attempts = attempts.failed(NOW)

    with pytest.raises(guesses.TooManyGuesses) as refusal:
        guesses.require_try(attempts, NOW + timedelta(seconds=9.5))

    assert refusal.value.retry_after == 21
    guesses.require_try(attempts, NOW + timedelta(seconds=30))


def test_a_success_does_not_buy_an_attacker_new_guesses():
    attempts = Attempts()
    for _ in range(6):
        attempts = attempts.failed(NOW)

    after = attempts.succeeded(NOW)

    assert (after.account, after.source) == (attempts.account, attempts.source)
    assert after.is_familiar(NOW + 29 * DAY)
    assert not after.is_familiar(NOW + 30 * DAY)


def test_a_familiar_place_has_a_count_of_its_own():
    attempts = Attempts().succeeded(NOW)

    for _ in range(5):
        attempts = attempts.failed(NOW)

    assert not guesses.may_try(attempts, NOW).allowed
    assert attempts.account == Guesses()


def test_a_clock_that_is_set_back_does_not_lengthen_the_wait():
    attempts = Attempts()
    for _ in range(5):
        attempts = attempts.failed(NOW)

    verdict = guesses.may_try(attempts, NOW - HOUR)

    assert verdict.wait == timedelta(seconds=30)


def test_a_source_is_kept_under_a_pseudonym_per_household():
    key = b"k" * 32

    same = {guesses.source_key(address, key) for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8::1%eth0")}

    assert len(same) == 1
    assert guesses.source_key("192.0.2.1", key) == guesses.source_key("::ffff:192.0.2.1", key)
    assert guesses.source_key("192.0.2.1", key) != guesses.source_key("192.0.2.2", key)
    assert guesses.source_key("192.0.2.1", key) != guesses.source_key("192.0.2.1", b"l" * 32)
    assert guesses.source_key("not an address", key) == guesses.source_key("", key)


def test_tokens_hold_256_bits_and_never_repeat_or_print():
    tokens = [new_token() for _ in range(2_000)]

    assert len({token.text for token in tokens}) == 2_000
    assert all(len(token.text) == 43 for token in tokens)
    assert tokens[0].text not in repr(tokens[0])
    assert is_token(tokens[0].text, tokens[0].hash)
    assert not is_token(tokens[1].text, tokens[0].hash)
    assert not is_token("\ud800", tokens[0].hash)


def test_a_session_ends_when_idle_when_old_and_when_revoked():
    session, token = sessions.open_session(uuid4(), uuid4(), NOW)
    used = session
    for minutes in range(20, 12 * 60, 20):
        used = used.seen(NOW + minutes * MINUTE)

    assert session.token_hash == hash_token(token.text)
    assert session.live(NOW + 29 * MINUTE)
    assert not session.live(NOW + 30 * MINUTE)
    assert used.live(NOW + 12 * HOUR - MINUTE)
    assert not used.live(NOW + 12 * HOUR)
    assert not session.revoked(NOW).live(NOW)
    assert session.revoked(NOW).revoked(NOW + HOUR).revoked_at == NOW
    with pytest.raises(sessions.SessionEnded):
        session.seen(NOW + HOUR)


def test_a_session_is_written_at_most_once_a_minute():
    session, _ = sessions.open_session(uuid4(), uuid4(), NOW)

    assert not session.is_touch_due(NOW + timedelta(seconds=59))
    assert session.is_touch_due(NOW + MINUTE)


def test_an_invitation_works_once_within_seven_days():
    invitation, token = invitations.invite(uuid4(), uuid4(), Role.MEMBER, UUID(int=7), "fr", NOW, invited_by=uuid4())

    used = invitation.accepted(token.text, NOW + 7 * DAY - MINUTE)

    assert token.text not in repr(invitation)
    assert used.revoked(NOW + HOUR) is used
    for attempt in (
        lambda: used.accepted(token.text, NOW),
        lambda: invitation.accepted(token.text, NOW + 7 * DAY),
        lambda: invitation.accepted(new_token().text, NOW),
        lambda: invitation.revoked(NOW).accepted(token.text, NOW),
    ):
        with pytest.raises(invitations.LinkGone):
            attempt()


def test_a_reset_works_once_within_an_hour():
    reset, token = invitations.request_reset(uuid4(), uuid4(), NOW)

    used = reset.used(token.text, NOW + 59 * MINUTE)

    for attempt in (lambda: used.used(token.text, NOW), lambda: reset.used(token.text, NOW + HOUR), lambda: reset.used("x", NOW)):
        with pytest.raises(invitations.LinkGone):
            attempt()


def a_client(scopes: tuple[str, ...] = ("read", "needs")) -> tuple[clients.ApiClient, str]:
    client, secret = clients.register_client(uuid4(), "city register", scopes, None, NOW)
    return client, secret.text


def test_a_client_proves_itself_and_its_use_is_noted():
    client, secret = a_client()

    seen = client.authenticated(secret, NOW + HOUR)

    prefix, _, rest = secret.partition(".")
    assert clients.secret_prefix(secret) == prefix == client.secrets[0].prefix
    assert len(rest) == 43
    assert seen.secrets[0].last_used_at == NOW + HOUR
    assert rest not in repr(client)


def test_a_wrong_old_or_revoked_secret_is_one_answer():
    client, secret = a_client()

    for attempt in (
        lambda: client.authenticated(secret + "x", NOW),
        lambda: client.authenticated(secret, NOW + clients.SECRET_LIFETIME),
        lambda: client.revoked(NOW).authenticated(secret, NOW),
        lambda: client.without_secret(client.secrets[0].prefix, NOW).authenticated(secret, NOW),
        lambda: clients.secret_prefix("no dot"),
        lambda: clients.secret_prefix("hub_" + "x" * 200 + ".y"),
    ):
        with pytest.raises(clients.ClientRefused):
            attempt()


def test_two_secrets_live_at_once_so_that_a_rotation_has_no_gap():
    client, old = a_client()

    rotated, new = client.rotated(NOW + DAY)

    rotated.authenticated(old, NOW + DAY)
    rotated.authenticated(new.text, NOW + DAY)
    with pytest.raises(clients.TwoSecretsLive):
        rotated.rotated(NOW + DAY)
    third, _ = rotated.without_secret(clients.secret_prefix(old), NOW + DAY).rotated(NOW + DAY)
    assert (len(third.secrets), third.version) == (2, 4)
    with pytest.raises(clients.ClientRevoked):
        client.revoked(NOW).rotated(NOW)
    with pytest.raises(Invalid):
        client.rotated(NOW, timedelta(days=400))


def test_an_access_token_grants_what_was_asked_and_is_still_held():
    client, _ = a_client()

    token, text = clients.issue_access_token(client, ["needs"], NOW)
    everything, _ = clients.issue_access_token(client, [], NOW)

    assert token.scopes == {Scope.NEEDS}
    assert everything.scopes == client.scopes
    assert token.token_hash == hash_token(text.text)
    assert token.live(client, NOW + 59 * MINUTE)
    assert not token.live(client, NOW + HOUR)
    assert not token.live(client.revoked(NOW), NOW)
    assert not token.live(a_client()[0], NOW)
    assert everything.granted(a_client(("read",))[0]) == {Scope.READ}
    with pytest.raises(clients.ScopeNotGranted):
        clients.issue_access_token(client, ["matches"], NOW)


@pytest.mark.parametrize(("label", "scopes"), [("", ["read"]), ("x" * 81, ["read"]), ("x", []), ("x", ["all"]), ("x", ["offers"])])
def test_a_client_without_label_known_scopes_or_needed_actor_is_refused(label: str, scopes: list[str]):
    with pytest.raises(Invalid):
        clients.register_client(uuid4(), label, scopes, None, NOW)
