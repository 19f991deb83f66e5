"""Setting up, proving, renewing and removing the second factor."""

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from services.people.api.doors import SECRET, Source, settled
from services.people.api.sessions import shape_session
from services.people.schemas import sessions as schemas
from services.people.use_cases import second_factor

router = APIRouter(prefix="/api/v1/me/second-factor", route_class=HubRoute, tags=["sessions"])


@router.post("", status_code=201, openapi_extra=SECRET)
async def begin_second_factor(body: schemas.FactorBegin, request: Request, source: Source) -> schemas.FactorBegun:
    """Begin: scan the picture with an authenticator, then confirm within 15 minutes. Replacing a factor takes a code of the present one."""
    begun = await settled(request, lambda work: second_factor.begin_second_factor(work, body.code, source))
    return schemas.FactorBegun(secret=begun.secret, uri=begun.uri, qr_svg=begun.qr_svg)


@router.post("/confirm", openapi_extra=SECRET)
async def confirm_second_factor(body: schemas.FactorCode, request: Request, source: Source) -> schemas.FactorProven:
    """Confirm with a first code. Keep the recovery codes; go on with the new session, for all earlier ones have ended."""
    proven = await settled(request, lambda work: second_factor.confirm_second_factor(work, body.code, source))
    session = shape_session(request, proven.signed_in)
    return schemas.FactorProven(recovery_codes=list(proven.recovery_codes), **session.model_dump())


@router.post("/recovery-codes", openapi_extra=SECRET)
async def renew_recovery_codes(body: schemas.FactorCode, request: Request, source: Source) -> schemas.RecoveryCodes:
    """Ten new recovery codes; the old ones stop working."""
    codes = await settled(request, lambda work: second_factor.renew_recovery_codes(work, body.code, source))
    return schemas.RecoveryCodes(recovery_codes=list(codes))


@router.delete("", status_code=204)
async def remove_second_factor(body: schemas.FactorCode, request: Request, source: Source) -> None:
    """Give the second factor up, with a code of it. Roles that must have one cannot."""
    await settled(request, lambda work: second_factor.remove_second_factor(work, body.code, source))
