"""Builds services from the environment, for serving and for the operator's commands. Only what is asked for is imported."""

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from chassis.call import AsgiTransport, Transport
from chassis.service import AnyService
from hubctl.parts import SERVICES, settings_of_service


@dataclass(frozen=True, slots=True)
class Built:
    """A service and its application."""

    service: AnyService
    app: FastAPI


def build_service(name: str, people: Transport | None = None) -> Built:
    """One service with its settings from the environment. `people` is notifications' way to the vault; by default the address in its settings."""
    app_module: Any = importlib.import_module(f"services.{name}.app")  # Any: the service is known only now
    settings = settings_of_service(name)
    service, app = app_module.build(settings, people) if name == "notifications" else app_module.build(settings)
    return Built(service, app)


@asynccontextmanager
async def service_of(name: str) -> AsyncIterator[AnyService]:
    """A service for the length of a command; nothing of it runs in the background."""
    service = build_service(name).service
    try:
        yield service
    finally:
        await service.database.close()


def build_all() -> dict[str, Built]:
    """All services for one process, in the order in which they start; they reach one another without a socket."""
    built: dict[str, Built] = {}
    for name in SERVICES:
        built[name] = build_service(name, AsgiTransport(built["people"].app) if name == "notifications" else None)
    return built


def transports_to(built: dict[str, Built]) -> dict[str, Transport]:
    """The ways to services of this process."""
    return {name: AsgiTransport(each.app) for name, each in built.items()}


def running(built: dict[str, Built]) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Runs the background work of all services; ends it in the opposite order."""

    @asynccontextmanager
    async def run() -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for each in built.values():
                await stack.enter_async_context(each.service.running())
            yield

    return run
