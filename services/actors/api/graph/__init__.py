"""Routes of the network: the picture, and what is asked about it."""

from fastapi import APIRouter

from services.actors.api.graph import asked, lists, picture

ROUTERS: tuple[APIRouter, ...] = (picture.router, lists.router, asked.router)
