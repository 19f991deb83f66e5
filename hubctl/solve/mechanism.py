"""How a plan is decided, and what every answer says of its quality."""

from enum import StrEnum
from typing import Any


class Mechanism(StrEnum):
    """How to decide: best for all, stable, or first come first served by value."""

    WELFARE = "welfare"
    STABLE = "stable"
    GREEDY = "greedy"


def certificate(mechanism: Mechanism, value: Any, bound: Any, gap: float | None, seconds: float, proven: bool) -> dict[str, Any]:
    """The fields that every answer begins with. `Any`: amounts are whole numbers, decimals, or none."""
    return {"mechanism": mechanism.value, "value": value, "bound": bound, "gap": gap, "seconds": round(seconds, 3), "proven": proven}
