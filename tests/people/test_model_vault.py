"""The vault: what is sealed opens only for its person, field and key, and nothing shows a key."""

import base64
import pickle
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chassis.errors import Invalid
from contracts.codes import MalformedCode
from services.people.model import vault
from services.people.model.fields import CONTACT, INTERNAL, LIMITS, Field, clean, normalise_email
from services.people.model.keys import BadKey, LookupKey, MasterKey, MasterKeyMissing, MasterKeys, key_from_base64, new_key
from services.people.model.persons import PersonRef
from services.people.model.vault import PersonIsErased, SealBroken, create_key, rewrap, unlock

SECRET = bytes(range(32))
OLD, NEW = MasterKey.of(SECRET), MasterKey.of(bytes(range(100, 132)))
MASTERS = MasterKeys(OLD)
ANN, BEN = PersonRef.of_account(UUID(int=1)), PersonRef.of_case("K7QX-9M2D-04TB-ZRHW")
NOTES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=150).filter(lambda text: bool(text.strip()))
PERSONS = st.one_of(st.uuids().map(PersonRef.of_account), st.sampled_from([ANN, BEN]))
FREE = st.sampled_from([Field.NAME, Field.ADDRESS, Field.NOTE_FOR_MEETING])


@given(PERSONS, NOTES)
def test_what_is_sealed_opens_again_also_with_the_stored_key(person: PersonRef, text: str):
    wrapped, key = create_key(person, MASTERS)

    sealed = key.seal(Field.NOTE_FOR_MEETING, text)

    assert unlock(person, wrapped, MASTERS).open(Field.NOTE_FOR_MEETING, sealed) == clean(Field.NOTE_FOR_MEETING, text)
    assert text.encode() not in sealed or len(text) < 4


@given(PERSONS, PERSONS, FREE, FREE)
def test_a_sealed_value_opens_for_no_other_person_or_field(one: PersonRef, other: PersonRef, field: Field, other_field: Field):
    assume((one, field) != (other, other_field))
    _, key = create_key(one, MASTERS)
    sealed = key.seal(field, "the same words")

    # The very same key under another name: only person and field differ.
    moved = vault.PersonKey(other, key._cipher)

    with pytest.raises(SealBroken):
        moved.open(other_field, sealed)


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_noticed(position: int, change: int):
    wrapped, key = create_key(ANN, MASTERS)
    sealed = bytearray(key.seal(Field.NAME, "Ann Example"))
    sealed[position % len(sealed)] ^= change

    with pytest.raises(SealBroken):
        key.open(Field.NAME, bytes(sealed))

    damaged = bytearray(wrapped.sealed)
    damaged[position % len(damaged)] ^= change
    with pytest.raises(SealBroken):
        unlock(ANN, replace(wrapped, sealed=bytes(damaged)), MASTERS)


def test_a_cut_value_and_a_key_of_another_person_do_not_open():
    wrapped, key = create_key(ANN, MASTERS)
    _, other = create_key(ANN, MASTERS)
    sealed = key.seal(Field.NAME, "Ann Example")

    for attempt in (
        lambda: key.open(Field.NAME, b""),
        lambda: key.open(Field.NAME, sealed[:20]),
        lambda: other.open(Field.NAME, sealed),
        lambda: unlock(BEN, wrapped, MASTERS),
    ):
        with pytest.raises(SealBroken):
            attempt()


def test_a_hundred_thousand_sealings_never_use_a_nonce_twice():
    _, key = create_key(ANN, MASTERS)

    nonces = {key.seal(Field.NAME, "Ann")[1:13] for _ in range(100_000)}

    assert len(nonces) == 100_000


def test_each_person_has_a_key_of_their_own():
    keys = {create_key(ANN, MASTERS)[0].sealed for _ in range(100)}

    assert len(keys) == 100


def test_another_master_key_rewraps_without_touching_what_was_sealed():
    wrapped, key = create_key(ANN, MASTERS)
    sealed = key.seal(Field.PHONE, "+49 30 901820")

    moved = rewrap(ANN, wrapped, OLD, NEW)

    assert moved.master_id == NEW.id != OLD.id
    assert unlock(ANN, moved, MasterKeys(NEW)).open(Field.PHONE, sealed) == "+49 30 901820"
    assert unlock(ANN, wrapped, MasterKeys(NEW, (OLD,))).open(Field.PHONE, sealed) == "+49 30 901820"
    assert rewrap(ANN, moved, OLD, NEW) is moved
    with pytest.raises(MasterKeyMissing):
        unlock(ANN, moved, MASTERS)
    with pytest.raises(SealBroken):
        rewrap(ANN, wrapped, NEW, MasterKey.of(new_key()))


def test_a_destroyed_key_erases_the_person():
    with pytest.raises(PersonIsErased):
        unlock(ANN, None, MASTERS)


def test_only_the_allowed_fields_are_opened():
    _, key = create_key(BEN, MASTERS)
    sealed = {Field.NAME: key.seal(Field.NAME, "Ben"), Field.PHONE: b"never touched"}

    shown = key.open_only({Field.NAME, Field.EMAIL}, sealed)

    assert shown == {Field.NAME: "Ben"}


def test_no_key_shows_in_a_representation_an_error_or_a_pickle():
    wrapped, key = create_key(ANN, MASTERS)
    lookup = LookupKey(SECRET)
    forms = (str(SECRET), SECRET.hex(), base64.b64encode(SECRET).decode(), repr(SECRET)[2:-1])

    said = [repr(one) + str(one) for one in (OLD, MASTERS, key, lookup, wrapped)]
    for attempt in (
        lambda: key_from_base64(base64.b64encode(SECRET + b"more").decode()),
        lambda: MasterKey.of(SECRET[:31]),
        lambda: unlock(BEN, wrapped, MASTERS),
    ):
        with pytest.raises((BadKey, SealBroken)) as error:
            attempt()
        said.append(repr(error.value) + str(error.value.__cause__))

    assert not any(form in text for form in forms for text in said)
    for one in (OLD, MASTERS, key, lookup):
        with pytest.raises(TypeError):
            pickle.dumps(one)


@pytest.mark.parametrize("text", ["", "short", "!" * 44, base64.b64encode(bytes(32)).decode(), base64.b64encode(b"ab" * 16).decode()])
def test_a_key_that_is_not_32_random_bytes_is_refused(text: str):
    with pytest.raises(BadKey):
        key_from_base64(text)


def test_a_key_is_read_in_both_alphabets_of_base64():
    key = new_key()

    assert key_from_base64(base64.b64encode(key).decode() + "\n") == key
    assert key_from_base64(base64.urlsafe_b64encode(key).decode().rstrip("=")) == key


def test_an_address_is_found_again_however_it_is_written_and_only_with_the_key():
    lookup = LookupKey(SECRET)

    found = {lookup.of_email(email) for email in ("Ann@Example.org", "  ann@example.ORG ", "\uff41nn@example.org")}

    assert len(found) == 1
    assert lookup.of_email("ben@example.org") not in found
    assert LookupKey(new_key()).of_email("ann@example.org") not in found
    assert normalise_email("ann@Bücher.example") == "ann@xn--bcher-kva.example"


BAD = [
    (Field.EMAIL, "no-at-canary"),
    (Field.EMAIL, "canary@two@example.org"),
    (Field.EMAIL, "canary@example"),
    (Field.EMAIL, "canary@" + "a" * 64 + ".example"),
    (Field.EMAIL, "canary..a@example.org"),
    (Field.EMAIL, "canary@example.org\r\nBcc: x@example.org"),
    (Field.PHONE, "canary"),
    (Field.NAME, "canary\nsecond line"),
    (Field.NAME, "canary\x00"),
    (Field.NOTE_FOR_MEETING, "canary\x07"),
    (Field.NAME, "   "),
    (Field.NAME, "canary" * 21),
]


@pytest.mark.parametrize(("field", "text"), BAD)
def test_what_does_not_fit_a_field_is_refused_without_repeating_it(field: Field, text: str):
    _, key = create_key(ANN, MASTERS)

    with pytest.raises(Invalid) as refusal:
        key.seal(field, text)

    assert refusal.value.fields[0].pointer == f"/{field}"
    assert "canary" not in str(refusal.value) + repr(refusal.value.fields) + repr(refusal.value.params)


def test_every_field_has_a_limit_and_is_either_contact_or_internal():
    assert set(LIMITS) == set(Field)

    assert set(Field) == CONTACT | INTERNAL
    assert not CONTACT & INTERNAL


def test_an_address_may_have_several_lines():
    assert clean(Field.ADDRESS, " Example Street 1\r\n12345 Example ") == "Example Street 1\n12345 Example"


@given(PERSONS)
def test_a_reference_to_a_person_is_read_back(person: PersonRef):
    assert PersonRef.parse(str(person)) == person


@pytest.mark.parametrize("text", ["", "account:", "account:x", "case:x", "actor:00000000-0000-0000-0000-000000000001"])
def test_what_is_no_reference_is_refused(text: str):
    with pytest.raises(ValueError):
        PersonRef.parse(text)


def test_a_case_is_the_same_person_however_the_code_is_typed():
    assert PersonRef.of_case("k7qx 9m2d o4tb zrhw") == BEN

    with pytest.raises(MalformedCode):
        PersonRef.of_case("K7QX")
