"""Route of the published statistics."""

from typing import Any

from fastapi import APIRouter

from chassis.edge import HubRoute
from services.actors.api.common import InOneTransaction
from services.actors.schemas.public import StatisticsRead
from services.actors.use_cases import statistics

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["statistics"])


@router.get("/statistics", response_model=StatisticsRead)
async def read_statistics(work: InOneTransaction) -> dict[str, Any]:
    """The statistics of the day, the same for every reader: fixed once a day, small counts suppressed, the rest rounded (rule R21)."""
    snapshot = await statistics.read_statistics(work)
    fields = {name: getattr(snapshot, name) for name in snapshot.__dataclass_fields__}
    offers = fields.pop("open_offers")
    return {**fields, "open_offers": offers.total, "open_offers_by_category": offers.cells}
