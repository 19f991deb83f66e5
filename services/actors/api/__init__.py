"""First door: HTTP. Public addresses of the registry and of the directory."""

from fastapi import APIRouter

from services.actors.api import actors, directory, drawn, duplicates, imports, parts, practices, provenance, saved, search, statistics
from services.actors.api.graph import ROUTERS as GRAPH
from services.actors.api.interchange.routers import ROUTERS as INTERCHANGE

ROUTERS: tuple[APIRouter, ...] = (
    drawn.router,
    *GRAPH,
    search.router,
    saved.router,
    duplicates.router,
    actors.router,
    parts.router,
    practices.router,
    provenance.router,
    imports.router,
    directory.router,
    statistics.router,
    *INTERCHANGE,
)
"""All routes; the map and the search come before the single actor, whose address would take its name."""
