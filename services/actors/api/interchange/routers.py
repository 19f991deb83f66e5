"""All routes of the open data."""

from fastapi import APIRouter

from services.actors.api.interchange import exports, hsds, linked, tombstones

ROUTERS: tuple[APIRouter, ...] = (linked.router, exports.router, hsds.router, tombstones.router)
"""In the order in which addresses are tried."""
