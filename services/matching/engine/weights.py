"""The weights of the score's parts: an instance's setting, with a name, so that an old proposal says by which weights it was made."""

from dataclasses import dataclass

from chassis.errors import Invalid
from services.matching.engine.types import PartName


class WeightsDoNotAddUp(Invalid):
    """Weights are whole numbers from 0 that sum to 100."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Whole percentages that sum to 100, under a version name."""

    version: str = "default-1"
    distance: int = 20
    language: int = 15
    times: int = 15
    topics: int = 10
    size_fit: int = 10
    continuity: int = 10
    preferences: int = 5
    fair_load: int = 5
    answering: int = 5
    waiting: int = 5

    def __post_init__(self) -> None:
        values = [self.of(name) for name in PartName]
        if min(values) < 0 or sum(values) != 100:
            raise WeightsDoNotAddUp("The weights must be whole numbers from 0 and sum to 100, not {total}.", total=sum(values))

    def of(self, name: PartName) -> int:
        """The weight of one part."""
        weight: int = getattr(self, name.value)
        return weight


DEFAULT = Weights()
