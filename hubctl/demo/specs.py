"""The shapes in which the demo world is handed over: bodies as the HTTP interface takes them, and keys that tie them together.

Ids exist only once a hub has given them, so a spec names its provider, recorder or case by key and the loader fills in the id.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# A body is JSON on its way to the HTTP interface, which checks it.
Body = dict[str, Any]


class Role(StrEnum):
    """The roles of an instance."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    MEMBER = "member"
    VOLUNTEER = "volunteer"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class ActorSpec:
    """A synthetic association; `key` is its slug."""

    key: str
    body: Body


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """A synthetic account. `actor_key` is the association it belongs to. A password is made at run time, for those who sign in."""

    key: str
    role: Role
    display_name: str
    email: str
    locale: str
    actor_key: str | None = None
    signs_in: bool = False


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """A synthetic API client that acts for an association; its secret is made at run time."""

    key: str
    name: str
    scopes: tuple[str, ...]
    actor_key: str


@dataclass(frozen=True, slots=True)
class OfferSpec:
    """An offer, given by either an account or an actor. The loader adds `provider: {actor_id}` for an actor's offer."""

    key: str
    body: Body
    account_key: str | None = None
    actor_key: str | None = None


@dataclass(frozen=True, slots=True)
class CaseSpec:
    """A case and the coordinator who records it."""

    key: str
    recorded_by: str
    body: Body


@dataclass(frozen=True, slots=True)
class NeedSpec:
    """A need; the loader adds `case_id`, and for each of `links` (need key, kind) the id of an earlier need of the same case.

    `expects` is for needs written by hand: `one` (exactly one eligible offer), or why there is none: `language`, `distance`, `size`, `requirement`,
    `time`. Other needs expect nothing.
    """

    key: str
    case_key: str
    body: Body
    links: tuple[tuple[str, str], ...] = ()
    expects: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Everything in the demo city, in the order in which it can be loaded. Nobody and nothing in it exists."""

    actors: tuple[ActorSpec, ...]
    accounts: tuple[AccountSpec, ...]
    clients: tuple[ClientSpec, ...]
    offers: tuple[OfferSpec, ...]
    cases: tuple[CaseSpec, ...]
    needs: tuple[NeedSpec, ...]
    synthetic: bool = field(default=True, init=False)
