"""The vault: seals each field of a person with that person's own key; whoever destroys the key erases the person.

AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces. A person's key is random and wrapped by a master key. Person and field are
authenticated with every ciphertext, so that none can be moved to another person or field.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.errors import HubError, NotFound
from services.people.model.fields import Field, clean
from services.people.model.keys import KEY_BYTES, MasterKey, MasterKeys
from services.people.model.persons import PersonRef

NONCE_BYTES = 12
TAG_BYTES = 16
_FORM = b"\x01"
"""First byte of every sealed value: the form described here."""


class PersonIsErased(NotFound):
    """The person's key is gone, and with it all that was sealed."""

    def __init__(self) -> None:
        super().__init__("There is nothing about this person here.")


class SealBroken(HubError):
    """A sealed value was changed, moved to another person or field, or belongs to another key. Nothing of it can be read."""

    def __init__(self) -> None:
        super().__init__("A sealed value does not open; restore it from the backup.")


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A person's key as stored: useless without the master key `master_id`. Destroying it erases the person."""

    master_id: str
    sealed: bytes


class PersonKey:
    """A person's key in use. Seals and opens that person's fields and no other's."""

    __slots__ = ("_cipher", "person")

    def __init__(self, person: PersonRef, cipher: AESGCM) -> None:
        self.person = person
        self._cipher = cipher

    def seal(self, field: Field, text: str) -> bytes:
        """Seal one field; the text is cleaned first. Raises Invalid."""
        return _seal(self._cipher, clean(field, text).encode(), _about(self.person, field))

    def open(self, field: Field, sealed: bytes) -> str:
        """The text of one field. Raises SealBroken."""
        return _open(self._cipher, sealed, _about(self.person, field)).decode()

    def open_only(self, allowed: Iterable[Field], sealed: Mapping[Field, bytes]) -> dict[Field, str]:
        """The texts of the allowed fields that there are; the others stay sealed. Raises SealBroken."""
        wanted = frozenset(allowed)
        return {field: self.open(field, value) for field, value in sealed.items() if field in wanted}

    def __repr__(self) -> str:
        return "PersonKey()"

    def __reduce__(self) -> str:
        raise TypeError("a person's key is not written down")


def create_key(person: PersonRef, masters: MasterKeys) -> tuple[WrappedKey, PersonKey]:
    """A new random key for a person: wrapped for the key store, and ready for use."""
    key = os.urandom(KEY_BYTES)
    return _wrap(person, masters.current, key), PersonKey(person, AESGCM(key))


def unlock(person: PersonRef, wrapped: WrappedKey | None, masters: MasterKeys) -> PersonKey:
    """A person's key from the key store, ready for use. Raises PersonIsErased if it is gone, MasterKeyMissing, SealBroken."""
    if wrapped is None:
        raise PersonIsErased
    return PersonKey(person, AESGCM(_unwrap(person, wrapped, masters.by_id(wrapped.master_id))))


def rewrap(person: PersonRef, wrapped: WrappedKey, old: MasterKey, new: MasterKey) -> WrappedKey:
    """The same key under another master key; what it sealed stays as it is. Already rewrapped is unchanged. Raises SealBroken."""
    if wrapped.master_id == new.id:
        return wrapped
    return _wrap(person, new, _unwrap(person, wrapped, old))


def _wrap(person: PersonRef, master: MasterKey, key: bytes) -> WrappedKey:
    return WrappedKey(master.id, _seal(master.cipher, key, _about_key(person, master)))


def _unwrap(person: PersonRef, wrapped: WrappedKey, master: MasterKey) -> bytes:
    return _open(master.cipher, wrapped.sealed, _about_key(person, master))


def _seal(cipher: AESGCM, plain: bytes, about: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return _FORM + nonce + cipher.encrypt(nonce, plain, about)


def _open(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    if sealed[:1] != _FORM or len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
        raise SealBroken
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], about)
    except InvalidTag:
        raise SealBroken from None


def _about(person: PersonRef, field: Field) -> bytes:
    # No part can hold a zero byte, so two different pairs never give the same bytes.
    return b"\x00".join((b"hospitium field", _FORM, str(person).encode(), field.encode()))


def _about_key(person: PersonRef, master: MasterKey) -> bytes:
    return b"\x00".join((b"hospitium person key", _FORM, str(person).encode(), master.id.encode()))
