"""Registering by mail, for those who offer help without an account."""

from fastapi import APIRouter, Request

from chassis.edge import HubRoute
from services.people.api.doors import SECRET, InOneTransaction, Source
from services.people.api.sessions import shape_session
from services.people.schemas import registrations as schemas
from services.people.schemas.accounts import Done
from services.people.use_cases import registrations
from services.people.use_cases.registrations import Confirmation

router = APIRouter(prefix="/api/v1/registrations", route_class=HubRoute, tags=["people"])


@router.get("/terms")
async def read_registration_terms(work: InOneTransaction) -> schemas.RegistrationTerms:
    """Whether one may register by mail here."""
    allowed = await work.chosen("offer_by_mail", work.settings.register_by_mail)
    return schemas.RegistrationTerms(allowed=allowed, days=work.settings.registration_days)


@router.post("", status_code=202, openapi_extra=SECRET)
async def register_by_mail(body: schemas.RegistrationCreate, work: InOneTransaction, source: Source) -> Done:
    """Ask for a link that confirms your address. The answer is the same whether or not there is an account with it."""
    await registrations.ask_registration(work, body.email, body.locale, body.carry, source)
    return Done()


@router.post("/confirm", openapi_extra=SECRET)
async def confirm_registration(body: schemas.RegistrationConfirm, request: Request, work: InOneTransaction) -> schemas.RegistrationConfirmed:
    """Confirm your address with the link's token. A new volunteer is signed in; who has an account with a password signs in with it."""
    given = Confirmation(body.token, body.name, body.share_contact, body.text_version)
    confirmed = await registrations.confirm(work, given)
    session = shape_session(request, confirmed.signed_in) if confirmed.signed_in else None
    return schemas.RegistrationConfirmed(account_id=confirmed.account.id if session else None, session=session, carry=confirmed.carry)
