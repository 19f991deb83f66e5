"""Compiles the kernels of the matching engine and of the network's picture, once a machine, so that what runs side by side only loads them."""

import importlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import Any

KERNELS = (
    "services.matching.engine.solving.portfolio",
    "services.matching.engine.columns.large",
    "services.actors.model.graph.worker",
)
"""Modules whose `warm` compiles all that they use; the one that takes longest first."""
AT_ONCE = 2


def main() -> None:
    """Compile what is not compiled yet, on two cores where there are two."""
    with ProcessPoolExecutor(AT_ONCE, mp_context=multiprocessing.get_context("spawn")) as processes:
        for done in [processes.submit(_warm, name) for name in KERNELS]:
            done.result()


def _warm(name: str) -> None:
    module: Any = importlib.import_module(name)  # Any: the module is known only now
    module.warm()


if __name__ == "__main__":
    main()
