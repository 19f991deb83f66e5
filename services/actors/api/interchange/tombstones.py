"""Route of what left the open data, for readers who keep a copy."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.errors import invalid_field
from chassis.paging import Paging, listed
from services.actors.api.common import InOneTransaction
from services.actors.api.interchange.asking import moment_of
from services.actors.api.interchange.changes import tell_next
from services.actors.schemas.interchange.tombstones import Kind, TombstonePage
from services.actors.store.interchange.changes import that_left

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["open data"])


@router.get("/tombstones", response_model=TombstonePage)
async def list_tombstones(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    since: Annotated[
        datetime | None, Query(description="Only what left at or after this moment (RFC 3339).", examples=["2026-11-01T00:00:00Z"])
    ] = None,
    kind: Annotated[Kind | None, Query(description="Only of this kind.")] = None,
) -> dict[str, Any]:
    """What was removed, merged or withdrawn, oldest first. A copy drops its record when it is older than `removed_at`; what was merged lives on
    under `merged_into`."""
    if paging.after is not None and not (len(paging.after) == 2 and isinstance(paging.after[0], datetime)):
        raise invalid_field("/query/cursor", "cursor", "This cursor was not made here; begin again without one.")
    tell_next(response, work)
    found = await that_left(work.session, moment_of(since), kind, paging)
    days = request.app.state.service.settings.withdrawn_days
    return {**listed(request, response, found), "offers_complete_since": work.now - timedelta(days=days)}
