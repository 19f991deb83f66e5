"""The weights of the score's parts: an instance's choice, under a name, so that an old proposal says by which weights it was made."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from chassis.errors import Invalid
from services.matching.engine.types import PartName


class WeightsDoNotAddUp(Invalid):
    """Weights are whole numbers from 0 that sum to 100."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Whole percentages that sum to 100, under a version name. A version never changes: other weights have another name."""

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
        weight: int = getattr(self, name)
        return weight

    @property
    def parts(self) -> dict[str, int]:
        """Every part's weight by its name, in the order of `PartName`."""
        return {name.value: self.of(name) for name in PartName}


DEFAULT = Weights()

NEAR_FIRST = Weights(
    "near-first-1", distance=45, language=15, times=10, topics=5, size_fit=5, continuity=5, preferences=5, fair_load=3, answering=2, waiting=5
)
FAIR_LOAD = Weights(
    "fair-load-1", distance=10, language=15, times=10, topics=10, size_fit=10, continuity=5, preferences=5, fair_load=25, answering=5, waiting=5
)
CONTINUITY = Weights(
    "continuity-1", distance=10, language=15, times=10, topics=10, size_fit=5, continuity=35, preferences=5, fair_load=3, answering=2, waiting=5
)

BUILT_IN: Mapping[str, Weights] = MappingProxyType({each.version: each for each in (DEFAULT, NEAR_FIRST, FAIR_LOAD, CONTINUITY)})
"""The presets that every instance has without having made them."""

PRESET_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "default-1": "A balance: a short way, a common language and common times count most.",
        "near-first-1": "The short way counts most, so that people can walk or take one bus.",
        "fair-load-1": "Providers with fewer open requests come first, so that the same few are not always asked.",
        "continuity-1": "A provider who already helps the household comes first, so that people meet fewer strangers.",
    }
)
"""What each built-in preset is for, for the reader of "how matching works"."""

PART_SENTENCES: Mapping[PartName, str] = MappingProxyType(
    {
        PartName.DISTANCE: "How short the way is, measured against how far both can go.",
        PartName.LANGUAGE: "Whether the offer speaks the language that the need puts first.",
        PartName.TIMES: "How much of the time that the need can use is offered.",
        PartName.TOPICS: "How many of the wished topics the offer covers.",
        PartName.SIZE_FIT: "Whether the places left are used well: a house for six is not given to one person.",
        PartName.CONTINUITY: "Whether the provider already helps the same case.",
        PartName.PREFERENCES: "How many of the wishes of both sides are met.",
        PartName.FAIR_LOAD: "How few requests wait for the provider now, so that the same few are not always asked.",
        PartName.ANSWERING: "How reliably the provider has answered requests in time.",
        PartName.WAITING: "How many days the need has waited.",
    }
)
"""What each part measures, in plain words."""
