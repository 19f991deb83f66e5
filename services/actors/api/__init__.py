"""First door: HTTP. Public addresses of the registry and of the directory."""

from fastapi import APIRouter

from services.actors.api import (
    actors,
    directory,
    drawn,
    duplicates,
    imports,
    own_data,
    parts,
    practices,
    provenance,
    resources,
    saved,
    search,
    statistics,
    suggestions,
)
from services.actors.api.graph import ROUTERS as GRAPH
from services.actors.api.interchange.routers import ROUTERS as INTERCHANGE

ROUTERS: tuple[APIRouter, ...] = (
    *INTERCHANGE,
    drawn.router,
    *GRAPH,
    search.router,
    saved.router,
    duplicates.router,
    suggestions.router,
    actors.router,
    parts.router,
    resources.router,
    practices.router,
    provenance.router,
    imports.router,
    directory.router,
    statistics.router,
    own_data.router,
)
"""All routes; an offer in another format comes before the single offer, the map and the search before the single actor."""
