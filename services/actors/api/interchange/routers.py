"""All routes of the open data."""

from fastapi import APIRouter

from services.actors.api.interchange import exports, hsds

ROUTERS: tuple[APIRouter, ...] = (exports.router, hsds.router)
"""In the order in which addresses are tried."""
