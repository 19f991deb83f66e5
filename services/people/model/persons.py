"""Whom a record of the vault is about: the holder of an account, the person behind a case, or who left an address with a suggestion."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from contracts.codes import normalise_case_code


class PersonKind(StrEnum):
    """By what a person is known here."""

    ACCOUNT = "account"
    CASE = "case"
    SUGGESTION = "suggestion"


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person, by account id or by case code; `key` is in its one written form. Build it with `of_account` or `of_case`."""

    kind: PersonKind
    key: str

    @classmethod
    def of_account(cls, account_id: UUID) -> "PersonRef":
        """The holder of an account."""
        return cls(PersonKind.ACCOUNT, str(account_id))

    @classmethod
    def of_case(cls, case_code: str) -> "PersonRef":
        """The person behind a case. Raises MalformedCode."""
        return cls(PersonKind.CASE, normalise_case_code(case_code))

    @classmethod
    def of_suggestion(cls, suggestion_id: UUID) -> "PersonRef":
        """Who left an address with a suggestion."""
        return cls(PersonKind.SUGGESTION, str(suggestion_id))

    @classmethod
    def parse(cls, text: str) -> "PersonRef":
        """What `str()` gave: `account:<uuid>`, `case:<code>` or `suggestion:<uuid>`. Raises ValueError."""
        kind, _, key = text.partition(":")
        if kind == PersonKind.ACCOUNT:
            return cls.of_account(UUID(key))
        if kind == PersonKind.CASE:
            return cls.of_case(key)
        if kind == PersonKind.SUGGESTION:
            return cls.of_suggestion(UUID(key))
        raise ValueError("not a reference to a person")

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"
