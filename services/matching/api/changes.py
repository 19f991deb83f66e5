"""What would have to change so that a need finds an offer."""

from uuid import UUID

from fastapi import APIRouter

from chassis.edge import HubRoute
from services.matching.api.common import InOneTransaction, reason_read
from services.matching.schemas.changes import ChangeList, ChangeRead
from services.matching.schemas.parts import ReasonRead
from services.matching.use_cases.changes import NeedChanges, change_in_words, changes_for_need

router = APIRouter(prefix="/api/v1", route_class=HubRoute)


def changes_read(found: NeedChanges) -> list[ChangeRead]:
    """Changes as answered, in the reader's language."""
    return [
        ChangeRead(
            steps=[ReasonRead(**reason_read(reason)) for reason in change.reasons],
            text=change_in_words(change),
            offer_id=change.offer_id,
            offers=change.unlocks,
            cost=change.cost,
        )
        for change in found.changes
    ]


@router.get("/needs/{need_id}/changes")
async def list_changes(need_id: UUID, work: InOneTransaction) -> ChangeList:
    """The smallest changes that would each give a need an offer, or one more offer; at most 10. For coordinators of its case and API clients;
    administrators read."""
    found = await changes_for_need(work, need_id)
    items = changes_read(found)
    return ChangeList(items=items, total=len(items), looked_at=found.looked_at, exact=found.exact)
