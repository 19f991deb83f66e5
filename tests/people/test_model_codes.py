"""Case codes: 80 random bits, read aloud and typed without mistakes."""

import re
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import ALPHABET, MalformedCode, encode, new_case_code, normalise_case_code


@given(st.binary(min_size=10, max_size=10))
def test_a_code_has_its_form_and_no_ambiguous_letter(data: bytes):
    code = new_case_code(data)

    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert normalise_case_code(code) == code


@given(st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_every_bit_counts(one: bytes, other: bytes):
    assert (new_case_code(one) == new_case_code(other)) == (one == other)


@given(st.binary(min_size=10, max_size=10))
def test_a_code_is_read_however_it_is_typed(data: bytes):
    code = new_case_code(data)

    typed = code.lower().replace("-", " ").replace("1", "l").replace("0", "o")

    assert normalise_case_code(typed) == code
    assert normalise_case_code(code.replace("-", "").replace("1", "I")) == code


def test_codes_do_not_repeat_and_use_the_whole_alphabet():
    codes = {new_case_code(secrets.token_bytes(10)) for _ in range(5_000)}

    assert len(codes) == 5_000
    assert set("".join(codes)) == {*ALPHABET, "-"}


@pytest.mark.parametrize("text", ["", "K7QX", "K7QX-9M2D-04TB-ZRHU", "K7QX-9M2D-04TB-ZRHW-1", "K7QX-9M2D-04TB-ZRH!", "K" * 1000, "\u0661" * 16])
def test_what_is_no_code_is_refused_without_repeating_it(text: str):
    with pytest.raises(MalformedCode) as refusal:
        normalise_case_code(text)

    assert not text or text not in str(refusal.value)


@pytest.mark.parametrize("length", [0, 9, 11])
def test_other_amounts_of_randomness_are_refused(length: int):
    with pytest.raises(ValueError):
        new_case_code(bytes(length))

    with pytest.raises(ValueError):
        encode(bytes(length))


def test_the_first_digit_holds_the_first_bits():
    assert encode(b"\x00\x00\x00\x00\x01") == "00000001"

    assert encode(b"\xf8\x00\x00\x00\x00") == "Z0000000"
