"""The parts of a hub by name: what a serving process may load of the command line's knowledge."""

SERVICES = ("people", "actors", "matching", "notifications")
"""In the order in which they start: the others ask people."""
PROCESSES = (*SERVICES, "gateway")
TRUSTED = {"actors": ("gateway",), "people": ("gateway", "notifications"), "matching": ("gateway",), "notifications": ("gateway",), "gateway": ()}
"""Whose signed calls each process believes."""
