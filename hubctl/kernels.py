"""Compiles the kernels of the matching engine and of the network's picture, once a machine, so that what runs side by side only loads them."""

from services.actors.model.graph import worker
from services.matching.engine.columns import large
from services.matching.engine.solving import portfolio


def main() -> None:
    """Compile what is not compiled yet."""
    large.warm()
    portfolio.warm()
    worker.warm()


if __name__ == "__main__":
    main()
