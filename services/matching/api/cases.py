"""Cases under their codes: recorded, read, changed, shared and closed."""

import os
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.ids import new_id
from chassis.paging import Page, Paging, listed
from contracts.codes import CASE_CODE_BYTES, new_case_code
from services.matching import schemas
from services.matching.api.common import InOneTransaction, Version, Who, account_id, place_of
from services.matching.model.case import Case, CaseChanges, CaseState, Consent, Household
from services.matching.schemas import CaseRead
from services.matching.use_cases import cases as do

router = APIRouter(prefix="/api/v1", route_class=HubRoute)

CaseCode = Annotated[str | None, Query(max_length=40, pattern=r"^[0-9A-Za-z-]+$", description="Only the case under this code.")]


def case_read(case: Case) -> CaseRead:
    """A case as answered."""
    return CaseRead(
        id=case.id,
        code=case.code,
        version=case.version,
        state=case.state.value,
        household={"adults": case.household.adults, "children": case.household.children, "age_bands": sorted(case.household.age_bands)},
        languages=list(case.languages),
        attributes=sorted(case.attributes),
        location={"lat": case.location.lat, "lon": case.location.lon} if case.location else None,
        consent={"match": case.consent.match, "share_contact": case.consent.share_contact, "until": case.consent.until},
        recorded_by=case.recorded_by,
        actor_id=case.actor_id,
        shared_with=sorted(case.shared_with),
        created_at=case.created_at,
        updated_at=case.updated_at,
    )


def end_of(day: date | None) -> datetime | None:
    """The moment at which a consent that holds until that day ends: the next midnight, UTC, as `people` counts it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) if day is not None else None


def _household(body: schemas.HouseholdBody) -> Household:
    bands = body.age_bands if isinstance(body.age_bands, list) else [band for band, count in body.age_bands.items() if count]
    return Household(body.adults, body.children, frozenset(bands))


@router.post("/cases", status_code=201)
async def record_case(body: schemas.CaseCreate, work: InOneTransaction, who: Who) -> CaseRead:
    """Record a household under a fresh code. No name: a contact, where there is one, goes to the vault under the code."""
    case = Case(
        id=new_id(),
        code=new_case_code(os.urandom(CASE_CODE_BYTES)),
        recorded_by=account_id(who),
        actor_id=who.actor_id,
        created_at=work.now,
        updated_at=work.now,
        household=_household(body.household),
        languages=tuple(dict.fromkeys(body.languages)),
        attributes=frozenset(body.attributes),
        location=place_of(body.location),
        consent=Consent(body.consent.match, body.consent.share_contact, end_of(body.consent.until), 0),
    )
    statement = body.consent.model_dump(mode="json") | {"channel": "client" if who.kind == "client" else "coordinator"}
    return case_read(await do.record_case(work, case, statement))


@router.get("/cases", response_model=Page[CaseRead])
async def list_cases(
    request: Request, response: Response, work: InOneTransaction, who: Who, page: Paging, state: CaseState | None = None, code: CaseCode = None
) -> dict[str, Any]:
    """Cases of the caller's team, and those that are shared with it; newest first."""
    found = await work.cases.listed(who, page, state=state.value if state else None, code=code)
    return listed(request, response, found.map(case_read))


@router.get("/cases/{case_id}")
async def read_case(case_id: UUID, work: InOneTransaction, who: Who) -> CaseRead:
    """One case."""
    return case_read(await work.cases.seen(case_id, who))


@router.patch("/cases/{case_id}")
async def change_case(case_id: UUID, body: schemas.CaseUpdate, version: Version, work: InOneTransaction) -> CaseRead:
    """Change what is recorded; open needs are proposed anew."""
    changes: CaseChanges = {}
    if body.household is not None:
        changes["household"] = _household(body.household)
    if body.languages is not None:
        changes["languages"] = tuple(dict.fromkeys(body.languages))
    if body.attributes is not None:
        changes["attributes"] = frozenset(body.attributes)
    if "location" in body.model_fields_set:
        changes["location"] = place_of(body.location)
    return case_read(await do.change_case(work, case_id, version, changes))


@router.post("/cases/{case_id}/close")
async def close_case(case_id: UUID, work: InOneTransaction) -> CaseRead:
    """End a case; its open needs are withdrawn. Live matches must end first."""
    return case_read(await do.close_case(work, case_id))


@router.post("/cases/{case_id}/share")
async def share_case(case_id: UUID, body: schemas.ShareBody, work: InOneTransaction) -> CaseRead:
    """Let another team see the case."""
    return case_read(await do.share_case(work, case_id, body.actor_id))


@router.post("/cases/{case_id}/unshare")
async def unshare_case(case_id: UUID, body: schemas.ShareBody, work: InOneTransaction) -> CaseRead:
    """Let a team see the case no longer."""
    return case_read(await do.unshare_case(work, case_id, body.actor_id))
