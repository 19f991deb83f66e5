"""Draw the network anew when memberships changed: seldom enough that drawing never takes more than a small share of a processor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.actors.model.graph.ask import Drawing
from services.actors.model.graph.packed import EMPTY, Packed, packed, unpacked
from services.actors.store.graph.drawings import DrawingNote, Place
from services.actors.work import Work

PAUSE = timedelta(seconds=20)
"""At least so long passes between two drawings."""
SHARE = 10
"""And so many times as long as the last one took."""
LONGEST_PAUSE = timedelta(minutes=30)
"""Nor longer than this; so long, too, after a drawing that failed."""
WRITTEN_AT_ONCE = 1_000
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be drawn: memberships of 32 bytes, the drawing before, and of which state of the registry it will be."""

    mark: str
    number: int
    links: bytes
    fingerprint: str
    old: Packed


async def task(work: Work) -> Task | None:
    """What is to be drawn now; None where nothing changed, or the last drawing was just made."""
    mark, newest = await work.drawings.mark(), await work.drawings.newest()
    if newest is not None:
        if newest.mark == mark or work.now < newest.looked_at + _pause(newest):
            return None
        old = unpacked(await work.drawings.packed(newest.number))
    else:
        old = EMPTY
    links = await work.drawings.links()
    if newest is None and not links.packed:
        return None
    packed_links = b"" if links.too_many else links.packed
    return Task(mark, newest.number + 1 if newest else 1, packed_links, links.fingerprint, old)


def _pause(newest: DrawingNote) -> timedelta:
    if newest.mark.startswith(FAILED):
        return LONGEST_PAUSE
    taken = timedelta(seconds=sum(newest.figures.get("seconds", {}).values()))
    return min(LONGEST_PAUSE, max(PAUSE, SHARE * taken))


async def still_true(work: Work, asked: Task) -> bool:
    """Whether the registry changed elsewhere only, so that the drawing stays; then that is noted."""
    newest = await work.drawings.newest()
    if newest is None or newest.figures.get("fingerprint") != asked.fingerprint:
        return False
    await work.drawings.look(newest.number, asked.mark, work.now)
    return True


async def note_failure(work: Work, asked: Task) -> None:
    """Say that the network could not be drawn, so that it is not tried again at once."""
    newest = await work.drawings.newest()
    if newest is None:
        await work.drawings.put(DrawingNote(asked.number, FAILED, work.now, work.now, {}), packed(EMPTY), [])
    else:
        await work.drawings.look(newest.number, FAILED, work.now)


def places_of(drawn: Drawing) -> Iterator[list[Place]]:
    """The places of a drawing, in portions for a transaction each."""
    graph = drawn.graph
    for start in range(0, len(graph), WRITTEN_AT_ONCE):
        yield [
            Place(
                graph.id_of(n), graph.x[n], graph.y[n], graph.first[n + 1] - graph.first[n], drawn.bridging[n], graph.component[n], graph.community[n]
            )
            for n in range(start, min(start + WRITTEN_AT_ONCE, len(graph)))
        ]


async def put_places(work: Work, asked: Task, places: list[Place]) -> None:
    """Keep a portion of the places."""
    await work.drawings.put_places(asked.number, places)


async def finish(work: Work, asked: Task, drawn: Drawing) -> None:
    """The drawing becomes the newest; who has no membership any more leaves it."""
    here = {drawn.graph.ids[at : at + 16] for at in range(0, len(drawn.graph.ids), 16)}
    gone = [UUID(bytes=one) for at in range(0, len(asked.old.ids), 16) if (one := asked.old.ids[at : at + 16]) not in here]
    for start in range(0, len(gone), WRITTEN_AT_ONCE):
        await work.drawings.drop_places(gone[start : start + WRITTEN_AT_ONCE])
    figures: dict[str, Any] = {**drawn.figures, "fingerprint": asked.fingerprint}  # Any: JSON
    outlines = [(number, size, links, drawn.graph.id_of(centre)) for number, size, links, centre in figures.pop("communities")]
    figures["communities"] = len(outlines)
    await work.drawings.put(DrawingNote(asked.number, asked.mark, work.now, work.now, figures), packed(drawn.graph), outlines)


NOBODY: dict[str, Any] = {
    "actors": 0,
    "memberships": 0,
    "components": 0,
    "communities": [],
    "modularity": 0.0,
    "exact": True,
    "seconds": {},
    "peak_mb": 0,
}
"""Figures of a network without a membership (Any: JSON)."""
