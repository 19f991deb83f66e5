"""What a coordinator decides by hand on a round's page: from the boxes of the form to the wishes that the API takes, and back to a list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from gateway.clients.asking import Record
from gateway.pages.forms import Form

Pair = tuple[str, str]
DECISIONS = ("keep", "forbid", "without_need", "without_offer")


@dataclass(slots=True)
class Decisions:
    """Pairs that must be, pairs that may not be, needs and offers that are left out."""

    pinned: set[Pair] = field(default_factory=set)
    forbidden: set[Pair] = field(default_factory=set)
    without_needs: set[str] = field(default_factory=set)
    without_offers: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, made: Record) -> "Decisions":
        """Those of a round as it is."""
        return cls(_pairs(made["pinned"]), _pairs(made["forbidden"]), set(made["excluded_needs"]), set(made["excluded_offers"]))

    def take(self, form: Form) -> None:
        """Decide what the form says. A later word on the same thing wins over an earlier one: what is kept is no longer forbidden, what is left
        out is no longer kept. What the form does not show stays as it was."""
        for taken_back in form.many("undo"):
            kind, _, rest = taken_back.partition(":")
            need_id, _, offer_id = rest.partition(":")
            self.pinned -= {(need_id, offer_id)} if kind == "keep" else set()
            self.forbidden -= {(need_id, offer_id)} if kind == "forbid" else set()
            self.without_needs -= {rest} if kind == "without_need" else set()
            self.without_offers -= {rest} if kind == "without_offer" else set()
        for need_id in filter(None, map(_id, form.many("leave_out"))):
            self._leave_need(need_id)
        for pair, decided in _decided(form):
            self._decide(pair, decided)

    def body(self) -> Record:
        """As the API takes them, in a fixed order."""
        return {
            "pinned": _read(self.pinned),
            "forbidden": _read(self.forbidden),
            "excluded_needs": sorted(self.without_needs),
            "excluded_offers": sorted(self.without_offers),
        }

    def standing(self, seated: set[Pair]) -> list[tuple[str, str | None, str | None]]:
        """Those to list apart: kind, need, offer. A kept pair of the plan is shown where the plan shows it."""
        rows: list[tuple[str, str | None, str | None]] = [("keep", *pair) for pair in sorted(self.pinned - seated)]
        rows += [("forbid", *pair) for pair in sorted(self.forbidden)]
        rows += [("without_need", need_id, None) for need_id in sorted(self.without_needs)]
        rows += [("without_offer", None, offer_id) for offer_id in sorted(self.without_offers)]
        return rows

    def _decide(self, pair: Pair, decided: str) -> None:
        need_id, offer_id = pair
        if decided == "keep":
            self.pinned = {other for other in self.pinned if other[0] != need_id} | {pair}
            self.forbidden.discard(pair)
            self.without_needs.discard(need_id)
            self.without_offers.discard(offer_id)
            return
        self.pinned.discard(pair)
        if decided == "forbid":
            self.forbidden.add(pair)
        elif decided == "without_need":
            self._leave_need(need_id)
        elif decided == "without_offer":
            self.without_offers.add(offer_id)
            self.pinned = {other for other in self.pinned if other[1] != offer_id}

    def _leave_need(self, need_id: str) -> None:
        self.without_needs.add(need_id)
        self.pinned = {other for other in self.pinned if other[0] != need_id}


def _decided(form: Form) -> Iterator[tuple[Pair, str]]:
    """Each pair's decision; what leaves an offer out comes last, so that it wins over a pair that keeps it."""
    found: list[tuple[Pair, str]] = []
    for name, values in form.values.items():
        kind, _, rest = name.partition(":")
        need_id, _, offer_id = rest.partition(":")
        pair = _id(need_id), _id(offer_id)
        if kind == "pair" and all(pair):
            found.append((pair, values[0] if values else ""))
    yield from sorted(found, key=lambda row: (DECISIONS.index(row[1]) if row[1] in DECISIONS else -1, row[0]))


def _id(text: str) -> str:
    """The id as the API writes it; empty where it is none: a form that was tampered with decides nothing."""
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _pairs(rows: Iterable[Record]) -> set[Pair]:
    return {(row["need_id"], row["offer_id"]) for row in rows}


def _read(pairs: set[Pair]) -> list[dict[str, str]]:
    return [{"need_id": need_id, "offer_id": offer_id} for need_id, offer_id in sorted(pairs)]
