"""Builds the service `actors`: the public registry and the directory of open offers."""

from fastapi import FastAPI

from chassis.service import Service
from chassis.work import Clock, utc_now
from services.actors.api import ROUTERS
from services.actors.events_in import HANDLERS
from services.actors.settings import Settings
from services.actors.tables import ledger
from services.actors.timers import TIMERS
from services.actors.work import Work


def build(settings: Settings, clock: Clock = utc_now) -> tuple[Service[Work, None], FastAPI]:
    """The service and its application."""
    service: Service[Work, None] = Service(
        name="actors", settings=settings, ledger=ledger, work=Work, handlers=HANDLERS, timers=TIMERS, resources=None, clock=clock
    )
    app = service.app(
        title="Hospitium: actors",
        description="The public registry: who welcomes, who belongs to which network, what was declared and done; and the directory of open offers.",
        routers=ROUTERS,
    )
    return service, app


def create() -> FastAPI:
    """The application with settings from the environment, for an ASGI server."""
    return build(Settings())[1]
