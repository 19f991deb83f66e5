"""What the operator's commands share: the data directory that they work on, taken as this process's environment."""

import asyncio
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from hubctl.instance import Instance, Kind, instance_at
from hubctl.ports import Ports
from hubctl.refusals import WrongInstance

T = TypeVar("T")

GIVEN = "HUB_SETTINGS"
"""`environment` says that all settings come from outside (containers), so that no data directory is looked at."""

Data = Annotated[Path | None, typer.Option("--data", help="Data directory; by default HOSPITIUM_DATA, else .hospitium in the checkout.")]


def use(data: Path | None, unknown: str = "") -> Instance | None:
    """Take the settings of an instance as this process's environment; None where they come from outside."""
    if os.environ.get(GIVEN) == "environment":
        return None
    instance = instance_at(data)
    kind = known(instance, unknown)
    for variables in instance.environment(kind, Ports(), mail=kind is Kind.DEMO).values():
        os.environ.update(variables)
    return instance


def known(instance: Instance, unknown: str = "") -> Kind:
    """What an instance is for. Raises WrongInstance where there is none."""
    found = instance.facts().get("kind")
    if found is None:
        raise WrongInstance(unknown or "There is no hub in this data directory. Name the right one with --data.")
    return Kind(str(found))


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run what a command does to its end."""
    return asyncio.run(work)
