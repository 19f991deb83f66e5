"""Pages about the hub itself: how matching works, privacy, accessibility, imprint."""

from fastapi import APIRouter, Response

from chassis.errors import HubError
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/matching-explained")
async def explain_matching(visit: Here) -> Response:
    """How offers and needs are paired, with the weights in use and an example worked with them."""
    preset = await _preset_in_use(visit)
    return visit.page("matching_explained.html", preset=preset)


@router.get("/privacy")
async def tell_privacy(visit: Here) -> Response:
    """What is kept about people."""
    return visit.page("privacy.html")


@router.get("/accessibility")
async def tell_accessibility(visit: Here) -> Response:
    """How well these pages can be used, and whom to tell otherwise."""
    return visit.page("accessibility.html")


async def _preset_in_use(visit: Visit) -> Record | None:
    """The preset that offers are ranked by, with its parts in words; None while `matching` is away."""
    try:
        found = await visit.ask.weights.presets()
    except HubError:
        return None
    return next((row for row in found["items"] if row["in_use"]), None)
