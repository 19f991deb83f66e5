"""Answers 0 while an address answers 200: `python -m hubctl.healthcheck http://127.0.0.1:8101/healthz`. Small, for it runs every few seconds."""

import sys

from hubctl.supervised import answers_ok


def main() -> None:
    """Ask once."""
    sys.exit(0 if answers_ok(sys.argv[1]) else 1)


if __name__ == "__main__":
    main()
