"""Builds the service: settings, index, doors. Nothing else builds."""

from fastapi import FastAPI

from chassis.service import Service
from chassis.work import Clock, utc_now
from services.matching.api import ROUTERS
from services.matching.events_in import HANDLERS
from services.matching.settings import Settings
from services.matching.tables import ledger
from services.matching.timers import TIMERS
from services.matching.use_cases.ending import PREVIEWS
from services.matching.work import IndexKeeper, Resources, Work

NAME = "matching"
DESCRIPTION = "Offers, cases under codes, needs, explained proposals, matches and rounds. It knows no person."


def build(settings: Settings, clock: Clock = utc_now) -> tuple[Service[Work, Resources], FastAPI]:
    """The service and its application."""
    service: Service[Work, Resources] = Service(
        name=NAME,
        settings=settings,
        ledger=ledger,
        work=Work,
        handlers=HANDLERS,
        timers=TIMERS,
        resources=Resources(settings, IndexKeeper(settings.large_from)),
        clock=clock,
        previews=PREVIEWS,
    )
    return service, service.app(title="Hospitium: matching", description=DESCRIPTION, routers=ROUTERS)


def create() -> FastAPI:
    """The application, with settings from the environment."""
    return build(Settings())[1]
