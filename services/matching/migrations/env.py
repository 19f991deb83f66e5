"""Alembic's entry: the tables of matching, on the connection that `chassis.migrate` opened."""

from chassis.migrate import run_env
from services.matching.tables import Base

run_env(Base.metadata)
