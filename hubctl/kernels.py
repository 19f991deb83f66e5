"""Compiles the kernels of the matching engine and keeps them on disk; once a machine, so that what runs side by side afterwards only loads them."""

from services.matching.engine.columns import large
from services.matching.engine.solving import portfolio


def main() -> None:
    """Compile what is not compiled yet."""
    large.warm()
    portfolio.warm()


if __name__ == "__main__":
    main()
