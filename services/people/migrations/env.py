"""Alembic's entry for this service."""

from chassis.migrate import run_env
from services.people.tables import Base

run_env(Base.metadata)
