"""A preset of weights as the instance keeps it: who made it when, what it is for, and since when it is used."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.errors import Conflict
from services.matching.engine.weights import BUILT_IN, DEFAULT, Weights
from services.matching.model import limits

NOTE_LENGTH = 500
MOST_PRESETS = 200
"""Presets that an instance may make."""


class WeightsNameTaken(Conflict):
    """A preset of that name exists; presets never change."""


class TooManyPresets(Conflict):
    """More presets than anybody can choose from."""


@dataclass(frozen=True, slots=True)
class Preset:
    """Named weights. They never change, so that an old proposal's version says for ever what it was made with; `used_since` is there while
    they are in use."""

    weights: Weights
    note: str = ""
    in_use: bool = False
    created_by: UUID | None = None
    created_at: datetime | None = None
    used_since: datetime | None = None

    @property
    def version(self) -> str:
        """The name."""
        return self.weights.version

    @property
    def is_built_in(self) -> bool:
        """Whether it comes with the hub."""
        return self.version in BUILT_IN

    def checked(self) -> "Preset":
        """The same preset, or `Invalid` with every field at fault: the note is public."""
        check = limits.Check()
        check.text("/note", self.note, NOTE_LENGTH, public=True)
        check.done()
        return self


def with_built_in(stored: list[Preset]) -> list[Preset]:
    """Every preset of the instance, by name; exactly one is in use, `default-1` where nobody chose."""
    found = {version: Preset(weights) for version, weights in BUILT_IN.items()} | {preset.version: preset for preset in stored}
    if not any(preset.in_use for preset in found.values()):
        found[DEFAULT.version] = Preset(DEFAULT, in_use=True)
    return [found[version] for version in sorted(found)]
