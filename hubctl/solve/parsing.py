"""Checks a problem of docs/solve.md field by field and makes arrays of it; the first fault is told with its line."""

from decimal import Decimal
from typing import Any, cast

import numpy as np

from hubctl.solve.case import LARGEST, Case, Ints, Pair
from hubctl.solve.fields import Fields, decimals
from hubctl.solve.positions import Path

NEEDS, OFFERS = ("needs", "households"), ("offers", "places", "municipalities")
NEED, OFFER = ("need", "household"), ("offer", "place", "municipality")
ROOM = ("places", "capacity")
MOST_VALUE = 2**62
"""Sums of values stay below this, so that no sum leaves 64 bits."""


class Parser(Fields):
    """Reads one document."""

    def case(self) -> Case:
        """The problem; raises `BadFile`."""
        top = self.record(self.document.value, (), (*NEEDS, *OFFERS, "pairs", "together", "pinned", "forbidden", "$schema"))
        needs_key, offers_key = self.one_of(top, NEEDS, ()), self.one_of(top, OFFERS, ())
        needs = self.rows(top, needs_key, ("id", "size", "urgency", "preferences"))
        offers = self.rows(top, offers_key, ("id", *ROOM, "preferences", "priorities"))
        need_at, offer_at = self.ids(needs, needs_key), self.ids(offers, offers_key)
        rooms = [self.amounts(row[key := self.one_of(row, ROOM, (offers_key, at))], (offers_key, at, key), 0) for at, row in enumerate(offers)]
        sizes = [self.size(row, (needs_key, at)) for at, row in enumerate(needs)]
        level = [self.level(row, (needs_key, at)) for at, row in enumerate(needs)]
        wishes = [self.list(row, "preferences", (needs_key, at), offer_at, "offer") for at, row in enumerate(needs)]
        ranks = [self._ranks(row, (offers_key, at), need_at) for at, row in enumerate(offers)]
        if "pairs" in top:
            pairs, worth, own = self._pairs(top, need_at, offer_at)
        else:
            pairs, worth, own = self._listed(wishes, needs_key), None, {}
        forbidden = [self._pair(row, ("forbidden", at), need_at, offer_at) for at, row in self.items(top, "forbidden")]
        pinned = [self._pair(row, ("pinned", at), need_at, offer_at) for at, row in self.items(top, "pinned")]
        if twice := _second([need for need, _ in pinned]):
            raise self.document.fault(("pinned", twice), "pins a need that is pinned already")
        together = self._together(top, need_at)
        scale, values = self._scaled(worth, wishes, pairs, len(needs))
        need = np.array([pair[0] for pair in pairs], np.int64)
        offer = np.array([pair[1] for pair in pairs], np.int64)
        size = self.matrix(sizes)[need] if len(pairs) else np.zeros((0, len(self.dimensions) or 1), np.int64)
        for at, amounts in own.items():
            size[at] = self.matrix([amounts])[0]
        room = self.matrix(rooms)
        levels = np.array(level, np.int64)
        order, standing = self._orders(need, offer, values, levels, wishes, ranks, worth is not None)
        banned = frozenset(forbidden)
        welcome = [
            (wishes[i] is None or j in cast(dict[int, int], wishes[i])) and (ranks[j] is None or i in cast(dict[int, Any], ranks[j]))
            for i, j in pairs
        ]
        keep = np.array([here and pair not in banned for here, pair in zip(welcome, pairs, strict=True)], np.bool_)
        keep &= np.all(size <= room[offer], axis=1)
        chosen = order[keep[order]]
        return Case(
            tuple(need_at),
            tuple(offer_at),
            need[chosen],
            offer[chosen],
            values[chosen],
            standing[chosen],
            size[chosen],
            room,
            levels,
            scale,
            together,
            tuple(pinned),
            banned,
            lists=any(each is not None for each in (*wishes, *ranks)),
            ranked=any(each is not None for each in wishes),
        )

    # References

    def _ranks(self, row: dict[str, Any], path: Path, need_at: dict[str, int]) -> dict[int, int | Decimal] | None:
        """How an offer ranks the needs: lower is better."""
        if "priorities" not in row:
            return cast("dict[int, int | Decimal] | None", self.list(row, "preferences", path, need_at, "need"))
        if "preferences" in row:
            raise self.document.fault((*path, "priorities"), "says the same as preferences; give one of them")
        scores, here = row["priorities"], (*path, "priorities")
        if not isinstance(scores, dict):
            raise self.document.fault(here, "must be an object: the score of each need, higher first")
        return {self.reference(key, (*here, key), need_at, "need"): -self.number(score, (*here, key)) for key, score in scores.items()}

    def _pair(self, row: object, path: Path, need_at: dict[str, int], offer_at: dict[str, int]) -> Pair:
        row = self.record(row, path, (*NEED, *OFFER))
        return self._sides(row, path, need_at, offer_at)

    def _sides(self, row: dict[str, Any], path: Path, need_at: dict[str, int], offer_at: dict[str, int]) -> Pair:
        need, offer = self.one_of(row, NEED, path), self.one_of(row, OFFER, path)
        return (
            self.reference(row[need], (*path, need), need_at, "need"),
            self.reference(row[offer], (*path, offer), offer_at, "offer"),
        )

    def _pairs(
        self, top: dict[str, Any], need_at: dict[str, int], offer_at: dict[str, int]
    ) -> tuple[list[Pair], list[int | Decimal], dict[int, dict[int, int]]]:
        pairs: dict[Pair, int] = {}
        worth: list[int | Decimal] = []
        own: dict[int, dict[int, int]] = {}
        # Millions of pairs have the same few fields: what was looked over once is not looked over again.
        seen: dict[tuple[str, ...], tuple[str, str, bool]] = {}
        for at, row in self.items(top, "pairs"):
            shape = seen.get(tuple(row)) if isinstance(row, dict) else None
            if shape is None:
                shape = self._shape(row, ("pairs", at))
                seen[tuple(row)] = shape
            need_key, offer_key, sized = shape
            try:
                pair = need_at[row[need_key]], offer_at[row[offer_key]]
            except (KeyError, TypeError):
                pair = self._sides(row, ("pairs", at), need_at, offer_at)
            if pairs.setdefault(pair, at) != at:
                raise self.document.fault(("pairs", at), f"is the same pair as pairs[{pairs[pair]}]")
            value = row["value"]
            worth.append(value if type(value) is int and -LARGEST <= value <= LARGEST else self.number(value, ("pairs", at, "value")))
            if sized:
                own[at] = self.amounts(row["size"], ("pairs", at, "size"), 1)
        return list(pairs), worth, own

    def _shape(self, row: object, path: Path) -> tuple[str, str, bool]:
        """The names of a pair's two sides, and whether it has a size of its own."""
        row = self.record(row, path, (*NEED, *OFFER, "value", "size"))
        need, offer = self.one_of(row, NEED, path), self.one_of(row, OFFER, path)
        if "value" not in row:
            raise self.document.fault(path, "lacks value")
        return need, offer, "size" in row

    def _listed(self, wishes: list[dict[int, int] | None], key: str) -> list[Pair]:
        found: list[Pair] = []
        for at, wished in enumerate(wishes):
            if wished is None:
                raise self.document.fault((key, at), "lacks preferences, and the file has no pairs that would say what is eligible")
            found.extend((at, offer) for offer in wished)
        return found

    def _together(self, top: dict[str, Any], need_at: dict[str, int]) -> tuple[tuple[int, ...], ...]:
        groups, taken = [], set()
        for at, group in self.items(top, "together"):
            members = []
            for slot, value in enumerate(self.array(group, ("together", at))):
                need = self.reference(value, ("together", at, slot), need_at, "need")
                if need in taken:
                    raise self.document.fault(("together", at, slot), "is in a group already")
                taken.add(need)
                members.append(need)
            if len(members) < 2:
                raise self.document.fault(("together", at), "must name two needs or more")
            groups.append(tuple(sorted(members)))
        return tuple(groups)

    # Values and orders

    def _scaled(self, worth: list[Any] | None, wishes: list[dict[int, int] | None], pairs: list[Pair], needs: int) -> tuple[int, Ints]:
        """Values as whole numbers of units of 1 / scale: those of the pairs, or the ranks of the lists."""
        if worth is None:
            longest = max((len(each) for each in wishes if each is not None), default=0)
            return 1, np.array([longest - cast(dict[int, int], wishes[i])[j] for i, j in pairs], np.int64)
        places = max((decimals(value) for value in worth if isinstance(value, Decimal)), default=0)
        whole = [int(value.scaleb(places)) if isinstance(value, Decimal) else value * 10**places for value in worth]
        most = [0] * needs
        for (need, _), value in zip(pairs, whole, strict=True):
            most[need] = max(most[need], abs(value))
        if sum(most) >= MOST_VALUE:
            raise self.document.fault(("pairs",), "has values whose sum could leave 64 bits; scale them down, or give fewer digits after the point")
        return 10**places, np.array(whole, np.int64)

    def _orders(
        self,
        need: Ints,
        offer: Ints,
        value: Ints,
        level: Ints,
        wishes: list[dict[int, int] | None],
        ranks: list[dict[int, int | Decimal] | None],
        valued: bool,
    ) -> tuple[Ints, Ints]:
        """The pairs in order of need and preference, and how the offer ranks the need of each. Where a need has no list, the higher value is
        preferred, then the earlier offer; where an offer has none, the more urgent need ranks higher, then the higher value, then the earlier."""
        last = len(offer) + len(ranks)
        at = np.array(
            [last if (row := wishes[i]) is None else row.get(j, last) for i, j in zip(need.tolist(), offer.tolist(), strict=True)], np.int64
        )
        order = np.lexsort((offer, -value, at, need)) if valued else np.lexsort((offer, at, need))
        scores = [None if (row := ranks[j]) is None else row.get(i) for i, j in zip(need.tolist(), offer.tolist(), strict=True)]
        steps = {score: step for step, score in enumerate(sorted({score for score in scores if score is not None}))}
        listed = np.array([len(steps) if score is None else steps[score] for score in scores], np.int64)
        unlisted = np.array([ranks[j] is None for j in offer.tolist()], np.bool_)
        urgent, dear = np.where(unlisted, level[need], 0), np.where(unlisted & valued, -value, 0)
        ranking = np.lexsort((dear, urgent, listed))
        changes = np.zeros(len(ranking), np.int64)
        for key in (listed, urgent, dear):
            changes[1:] |= key[ranking][1:] != key[ranking][:-1]
        standing = np.empty(len(ranking), np.int64)
        standing[ranking] = np.cumsum(changes)
        return order, standing


def _second(keys: list[int]) -> int | None:
    """The position of the first key that occurred before."""
    seen: set[int] = set()
    for at, key in enumerate(keys):
        if key in seen:
            return at
        seen.add(key)
    return None
