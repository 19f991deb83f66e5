"""The web pages: server-rendered, they work without JavaScript."""

from fastapi import APIRouter

ROUTERS: list[APIRouter] = []
"""Every page's router, included by `gateway.app`."""
