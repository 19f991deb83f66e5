"""Erasing people."""

from fastapi import APIRouter

from chassis.edge import HubRoute
from services.people.api import shapes
from services.people.api.doors import InOneTransaction
from services.people.schemas import contacts as schemas
from services.people.use_cases import erasure

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["people"])


@router.post("/erasures", status_code=201)
async def create_erasure(body: schemas.ErasureCreate, work: InOneTransaction) -> schemas.ErasureRead:
    """Erase the holder of an account, or the person behind a case: for administrators. It cannot be undone; repeating it changes nothing."""
    return shapes.erasure(await erasure.erase(work, body.account_id, body.case_code))
