"""Small pictures of who joins whom: actors in columns, memberships as lines between them; drawn by the server, no script."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gateway.clients.asking import Record
from gateway.pages.registry.picture import KINDS, shape_of

ACROSS, DOWN, RADIUS = 210, 62, 12
MOST_IN_COLUMN = 12
LONGEST_NAME = 27
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Stop:
    """An actor in the picture. `strong`: one of those that were asked about."""

    x: int
    y: int
    kind: int
    shape: str
    name: str
    full_name: str
    path: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """What is drawn: `strong` lines are the way or the chain, `thin` ones what else joins. `left_out`: actors that only the tables hold."""

    width: int
    height: int
    stops: tuple[Stop, ...]
    strong: str
    thin: str
    left_out: int


def draw_ways(paths: Sequence[Sequence[Record | None]]) -> Chain | None:
    """Shortest ways from one actor to another: a column for each step. None where there is no way, or only one actor."""
    known = [whole for path in paths if len(whole := [one for one in path if one]) == len(path)]
    if not known or len(known[0]) < 2:
        return None
    actors = {one["id"]: one for path in known for one in path}
    columns = [list(dict.fromkeys(path[step]["id"] for path in known)) for step in range(len(known[0]))]
    links = dict.fromkeys((one["id"], other["id"]) for path in known for one, other in pairwise(path))
    return _drawn(columns, actors, list(links), [], {known[0][0]["id"], known[0][-1]["id"]})


def draw_connection(chosen: Sequence[str], found: Record, actors: Mapping[str, Record]) -> Chain | None:
    """Who connects several actors: those in the first column, then who is one membership away, and so on. None where nothing joins any two."""
    tree: list[Pair] = [(link["one"], link["other"]) for link in found["links"]]
    shared: list[Pair] = [(actor, row["network"]["id"]) for row in found["shared"][:MOST_IN_COLUMN] for actor in row["actors"]]
    everybody = {**actors, **{row["network"]["id"]: row["network"] for row in found["shared"]}}
    pairs = [pair for pair in dict.fromkeys([*tree, *shared]) if pair[0] in everybody and pair[1] in everybody]
    if not pairs:
        return None
    columns = [list(chosen)]
    seen = set(chosen)
    while ring := list(dict.fromkeys(each for each in _beside(columns[-1], pairs) if each not in seen)):
        columns.append(ring)
        seen |= set(ring)
    return _drawn(columns, everybody, tree, [pair for pair in pairs if pair not in tree and pair[::-1] not in tree], set(chosen))


def _beside(ids: Iterable[str], pairs: Sequence[Pair]) -> list[str]:
    """Who is one membership away from any of these."""
    inside = set(ids)
    return [other for pair in pairs for one, other in (pair, pair[::-1]) if one in inside]


def _drawn(columns: list[list[str]], actors: Mapping[str, Record], strong: Sequence[Pair], thin: Sequence[Pair], asked: set[str]) -> Chain:
    kept = [column[:MOST_IN_COLUMN] for column in columns]
    tallest = max(len(column) for column in kept)
    height = DOWN * tallest + 20
    places: dict[str, tuple[int, int]] = {}
    for step, column in enumerate(kept):
        ordered = sorted(column, key=lambda each: _middle(each, [*strong, *thin], places)) if step else column
        for row, each in enumerate(ordered):
            places[each] = (ACROSS // 2 + ACROSS * step, round(height * (row + 0.5) / len(column)) - 8)
    stops = tuple(_stop(actors[each], places[each], each in asked) for each in places)
    left_out = sum(len(column) for column in columns) - len(places)
    return Chain(ACROSS * len(kept), height, stops, _lines(strong, places), _lines(thin, places), left_out)


def _middle(actor: str, pairs: Sequence[Pair], places: Mapping[str, tuple[int, int]]) -> float:
    """How far down those stand that this one is joined to: so that few lines cross."""
    beside = [places[other][1] for other in _beside([actor], pairs) if other in places]
    return sum(beside) / len(beside) if beside else 0


def _stop(actor: Record, place: tuple[int, int], strong: bool) -> Stop:
    kind = KINDS.index(actor["kind"]) if actor["kind"] in KINDS else 0
    name = actor["name"] if len(actor["name"]) <= LONGEST_NAME else f"{actor['name'][: LONGEST_NAME - 2]} …"
    path = f"/network?{'network' if actor['kind'] == 'network' else 'actor'}={actor['slug']}"
    return Stop(*place, kind, shape_of(kind, *place, RADIUS), name, actor["name"], path, strong)


def _lines(pairs: Sequence[Pair], places: Mapping[str, tuple[int, int]]) -> str:
    parts = []
    for one, other in pairs:
        if one not in places or other not in places:
            continue
        (x, y), (to_x, to_y) = places[one], places[other]
        bend = 60 if x == to_x else 0
        parts.append(f"M{x} {y}Q{(x + to_x) // 2 + bend} {(y + to_y) // 2} {to_x} {to_y}")
    return "".join(parts)
