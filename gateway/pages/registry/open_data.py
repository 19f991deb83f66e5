"""Page of the open data: what can be taken in which format, under which licence, how to cite it, and how to keep a copy."""

from fastapi import APIRouter, Response

from gateway.clients.open_data import OpenDataClient
from gateway.pages.door import Here, PageRoute

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/open-data")
async def see_open_data(visit: Here) -> Response:
    """What everybody may take and use."""
    return visit.page("registry/open_data.html", data=await OpenDataClient(visit.asker).index(), address=visit.settings.public_url)
