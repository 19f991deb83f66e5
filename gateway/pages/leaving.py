"""Leaving quickly: for people who are not safe where they read. The device forgets what it kept for them, and a neutral page opens."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from gateway.pages.door import Here, PageRoute
from gateway.pages.notes import drop_cookie

router = APIRouter(route_class=PageRoute, include_in_schema=False)
FORGOTTEN = ("hub-follow", "hub-offer", "hub-typed0", "hub-typed1", "hub-typed2")
"""Sealed notes of people without an account: code and words, the draft of an offer, what was typed before a change of language."""


@router.get("/leave")
async def leave_quickly(visit: Here) -> Response:
    """On to a page that says nothing; nobody there is told where the reader was."""
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Clear-Site-Data": '"cache"'}
    response = RedirectResponse(visit.settings.leave_url, 303, headers=headers)
    for name in FORGOTTEN:
        drop_cookie(visit, response, name)
    return response
