"""The parts of a hub by name: what a serving process may load of the command line's knowledge."""

import importlib
from typing import Any

SERVICES = ("people", "actors", "matching", "notifications")
"""In the order in which they start: the others ask people."""
PROCESSES = (*SERVICES, "gateway")
TRUSTED = {"actors": ("gateway",), "people": ("gateway", "notifications"), "matching": ("gateway",), "notifications": ("gateway",), "gateway": ()}
"""Whose signed calls each process believes."""


def settings_of_service(name: str) -> Any:  # Any: each service has settings of its own
    """A service's settings from this process's environment; nothing else of the service is loaded."""
    module: Any = importlib.import_module(f"services.{name}.settings")  # Any: the service is known only now
    return module.Settings()
