"""Import and export: where data come in, where they go out, and how one moves house."""

from fastapi import APIRouter, Response

from gateway.pages.door import Here, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/admin/exchange")
async def see_exchange(visit: Here) -> Response:
    """All ways in and out."""
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    return visit.page("administration/exchange.html")
