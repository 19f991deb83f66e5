"""The city's look for every page: the stylesheet of its two colours, and its picture."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from starlette.responses import PlainTextResponse

from gateway.pages.door import Here, PageRoute, refusal_page

router = APIRouter(route_class=PageRoute, include_in_schema=False)
KEPT_FOREVER = "public, max-age=31536000, immutable"


@router.get("/theme.css")
async def theme(visit: Here) -> Response:
    """The city's colours. The address has the version of the settings in it, so that a browser keeps the file until they change."""
    instance = visit.instance
    cached = KEPT_FOREVER if visit.request.query_params.get("v") == str(instance.version) and instance.version else "public, max-age=60"
    return PlainTextResponse(instance.stylesheet, media_type="text/css", headers={"Cache-Control": cached})


@router.get("/logo/{sha256}")
async def logo(visit: Here, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """The city's picture, with the type that its bytes have."""
    found = await visit.request.app.state.keeper.instance.logo(sha256)
    if found is None:
        return refusal_page(visit.request, 404)
    media_type, content = found
    headers = {"Cache-Control": KEPT_FOREVER, "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff"}
    return Response(content, media_type=media_type, headers=headers)
