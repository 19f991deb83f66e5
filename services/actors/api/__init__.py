"""First door: HTTP. Public addresses of the registry and of the directory."""

from fastapi import APIRouter

from services.actors.api import actors, directory, drawn, imports, parts, statistics

ROUTERS: tuple[APIRouter, ...] = (drawn.router, actors.router, parts.router, imports.router, directory.router, statistics.router)
"""All routes; the map comes before the single actor, whose address would take its name."""
