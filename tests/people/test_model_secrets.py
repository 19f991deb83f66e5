"""Passwords and second factors: what is refused, what works once, and what costs the same."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import Invalid
from services.people.model import passwords, second_factor

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
CHEAP = passwords.PasswordCost(memory_kib=64, passes=1, lanes=1)


def test_the_cost_of_hashing_is_in_the_hash_and_the_defaults_are_the_least_allowed():
    stored = passwords.Passwords(passwords.PasswordCost()).hash("seven green lamps sing")

    passwords.PasswordCost().require_safe()

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    for weak in (CHEAP, passwords.PasswordCost(memory_kib=1024), passwords.PasswordCost(passes=1)):
        with pytest.raises(passwords.PasswordCostTooLow):
            weak.require_safe()


def test_a_password_is_checked_and_a_hash_of_another_cost_is_renewed():
    keeper = passwords.Passwords(CHEAP)
    stored = keeper.hash("seven green lamps sing")

    dearer = passwords.Passwords(passwords.PasswordCost(memory_kib=128, passes=1, lanes=1))

    assert keeper.check("seven green lamps sing", stored) == passwords.Checked(True)
    assert dearer.check("seven green lamps sing", stored) == passwords.Checked(True, renew=True)
    assert keeper.check("seven green lamps sang", stored) == passwords.Checked(False)
    assert keeper.check("\uff53even green lamps sing", stored).right
    assert not keeper.check("seven green lamps sing", "not a hash").right


def test_nobody_signs_in_without_a_stored_password_even_with_the_stand_ins():
    keeper = passwords.Passwords(CHEAP)
    keeper._nobody = keeper.hash("the stand-in's password")

    checked = keeper.check("the stand-in's password", None)

    assert checked == passwords.Checked(False)


def test_an_unknown_account_costs_the_same_work_as_a_known_one(monkeypatch):
    keeper = passwords.Passwords(passwords.PasswordCost(memory_kib=8192, passes=2, lanes=1))
    stored = keeper.hash("seven green lamps sing")
    worked_on: list[str] = []
    verify = keeper._hasher.verify
    monkeypatch.setattr(keeper._hasher, "verify", lambda password, hashed: worked_on.append(hashed) or verify(password, hashed))

    known, unknown = keeper.check("another password", stored), keeper.check("another password", None)

    assert (known.right, unknown.right) == (False, False)
    assert [hashed.rsplit("$", 2)[0] for hashed in worked_on] == ["$argon2id$v=19$m=8192,t=2,p=1"] * 2


REFUSED = {
    "fourteen chars": "too_short",
    "x9" * 129: "too_long",
    "aaaaaaaaaaaaaaaaaa": "repetitive",
    "kq7kq7kq7kq7kq7kq7": "repetitive",
    "password1234567": "too_common",
    "P4ssw0rd!!!!!!!!!": "too_common",
    "Summer2024!Summer2024!": "too_common",
    "qwertyuiopasdfghjkl": "too_common",
    "1qaz2wsx3edc4rfv": "too_common",
    "Willkommen-123456": "too_common",
    "motdepasse20262026": "too_common",
    "my Hospitium and me": "names_product",
    "h-o-s-p-i-t-i-u-m 42 lamps": "names_product",
    "green annameier lamps": "names_you",
}


@pytest.mark.parametrize("password", REFUSED)
def test_a_password_that_others_would_guess_is_refused(password: str):
    with pytest.raises(Invalid) as refusal:
        passwords.require_good(password, "Anna.Meier@example.org")

    assert refusal.value.fields[0].code == REFUSED[password]
    assert password not in str(refusal.value) + repr(refusal.value.fields)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "seven green lamps sing",
        "die Katze schläft gern spät",
        "x7f9q2lmz8w3k5v",
        "сім зелених ламп співають",
    ],
)
def test_a_few_words_or_a_random_string_are_good(password: str):
    passwords.require_good(password, "ann@example.org")


def test_every_listed_password_is_refused_as_it_stands():
    listed = passwords.common_passwords()

    refused = 0
    for password in listed:
        try:
            passwords.require_good(password)
        except Invalid:
            refused += 1

    assert refused == len(listed) > 2_800


@given(st.text(st.sampled_from("abc1qwer!asdf"), min_size=15, max_size=256))
@settings(max_examples=100, deadline=500)
def test_the_check_of_any_password_is_quick_and_ends(password: str):
    try:
        passwords.require_good(password)
    except Invalid as refusal:
        assert refusal.fields[0].pointer == "/password"


def test_a_code_works_once_and_within_a_minute_of_skew():
    secret = second_factor.new_secret()
    code = pyotp.TOTP(secret).at(NOW)

    for skew in (-60, -30, 0, 30, 60):
        second_factor.SecondFactor().accept_code(secret, code, NOW + timedelta(seconds=skew))
    used = second_factor.SecondFactor().accept_code(secret, f"{code[:3]} {code[3:]}", NOW)

    assert len(secret) == 32
    for attempt in (
        lambda: used.accept_code(secret, code, NOW + timedelta(seconds=30)),
        lambda: used.accept_code(secret, pyotp.TOTP(secret).at(NOW - timedelta(seconds=30)), NOW),
        lambda: second_factor.SecondFactor().accept_code(secret, code, NOW + timedelta(seconds=90)),
        lambda: second_factor.SecondFactor().accept_code(secret, code, NOW - timedelta(seconds=90)),
        lambda: second_factor.SecondFactor().accept_code(secret, "١٢٣٤٥٦", NOW),
        lambda: second_factor.SecondFactor().accept_code(secret, "", NOW),
    ):
        with pytest.raises(second_factor.CodeRefused):
            attempt()
    assert used.accept_code(secret, pyotp.TOTP(secret).at(NOW + timedelta(seconds=30)), NOW).last_step == used.last_step + 1


def test_the_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    step = second_factor.step_of(secret, "081804", -1, datetime.fromtimestamp(1_111_111_109, UTC))

    assert step == 1_111_111_109 // 30


def test_recovery_codes_work_once_each_and_new_ones_replace_the_old():
    codes = second_factor.new_recovery_codes()
    factor = second_factor.SecondFactor().with_recovery_codes(codes)

    left = factor.accept_recovery_code(codes[3].lower().replace("-", " "))

    assert len(set(codes)) == 10
    assert len(left.recovery_hashes) == 9
    assert all(code not in repr(factor) for code in codes)
    for attempt in (
        lambda: left.accept_recovery_code(codes[3]),
        lambda: left.accept_recovery_code("short"),
        lambda: left.with_recovery_codes(second_factor.new_recovery_codes()).accept_recovery_code(codes[0]),
    ):
        with pytest.raises(second_factor.CodeRefused):
            attempt()


def test_the_provisioning_address_names_issuer_and_label():
    uri = second_factor.provisioning_uri("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "ann@example.org", "Town of Example")

    parsed = pyotp.parse_uri(uri)

    assert (parsed.issuer, parsed.name) == ("Town of Example", "ann@example.org")
