"""The last route: an address that leads nowhere answers with a page."""

from typing import Any

from fastapi import APIRouter, Response
from starlette.routing import Match
from starlette.types import Scope

from chassis.errors import NotFound
from gateway.pages.door import Here, PageRoute

NOT_PAGES = ("/static/", "/api/", "/oauth2/")


class NoSuchPage(NotFound):
    """No page has this address."""


class LastRoute(PageRoute):
    """Matches what no page matched, and leaves files and programs alone."""

    def matches(self, scope: Scope) -> tuple[Match, Any]:  # Any: Starlette's own type
        """Whether this address is a lost reader's."""
        if scope["type"] == "http" and scope["path"].startswith(NOT_PAGES):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(route_class=LastRoute, include_in_schema=False)


@router.get("/{path:path}")
async def lost(visit: Here, path: str) -> Response:
    """There is nothing here."""
    raise NoSuchPage("There is no such page.")
