"""Your own account: profile, password, consents, export, erasure."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from chassis.edge import HubRoute, if_match
from services.people.api.doors import SECRET, InOneTransaction, OwnSession, Source, reading, settled
from services.people.api.shapes import consent_list, my_export
from services.people.model.fields import Field
from services.people.schemas import accounts as schemas
from services.people.schemas.contacts import ConsentList, MyExport, OwnConsentRecord
from services.people.use_cases import accounts, consents, erasure, exports, passwords
from services.people.use_cases.accounts import UNCHANGED, Profile
from services.people.use_cases.callers import lacks_second_factor
from services.people.work import Resources, Work, check_password

router = APIRouter(prefix="/api/v1/me", route_class=HubRoute, tags=["people"])


def _profile(work: Work, profile: Profile) -> schemas.ProfileRead:
    account = profile.account
    return schemas.ProfileRead(
        id=account.id,
        version=account.version,
        role=account.role,
        actor_id=account.actor_id,
        locale=account.locale,
        second_factor=account.second_factor,
        second_factor_missing=lacks_second_factor(work, account),
        name=profile.contact.get(Field.NAME),
        email=profile.contact.get(Field.EMAIL),
        phone=profile.contact.get(Field.PHONE),
        email_refused_at=profile.email_refused_at,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )


@router.get("")
async def get_me(work: InOneTransaction) -> schemas.ProfileRead:
    """Your own account and contact."""
    return _profile(work, await accounts.see_me(work))


@router.patch("")
async def change_me(body: schemas.ProfileUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction) -> schemas.ProfileRead:
    """Change your name, telephone number or language."""
    phone: object = body.phone if "phone" in body.model_fields_set else UNCHANGED
    return _profile(work, await accounts.change_me(work, version, name=body.name, phone=phone, locale=body.locale))


@router.delete("", status_code=204)
async def erase_me(work: InOneTransaction) -> None:
    """Erase yourself: your contact cannot be read from this moment on, and your sessions end. It cannot be undone."""
    await erasure.erase_me(work)


@router.post("/password", openapi_extra=SECRET)
async def change_password(body: schemas.PasswordChange, request: Request, source: Source, current: OwnSession) -> schemas.Done:
    """Change your password; your other sessions end."""
    resources: Resources = request.app.state.service.resources
    async with resources.desk.turn() as desk:
        tried = await reading(request, lambda work: passwords.prepare_change(work, body.new_password, source))
        checked = await check_password(desk, body.current_password, tried.password_hash)
    new_hash = await resources.desk.hash(body.new_password)
    await settled(request, lambda work: passwords.conclude_change(work, tried, checked, new_hash, current))
    return schemas.Done()


@router.get("/consents")
async def list_own_consents(work: InOneTransaction) -> ConsentList:
    """What you allowed, newest first."""
    return consent_list(work, await consents.account_consents(work, None))


@router.post("/consents", status_code=201)
async def record_own_consent(body: OwnConsentRecord, work: InOneTransaction) -> ConsentList:
    """Share your contact with the other side of accepted matches, or no longer do."""
    return consent_list(work, await consents.record_own_consent(work, body.share_contact, body.text_version))


@router.delete("/consents", status_code=204)
async def withdraw_own_consent(work: InOneTransaction) -> None:
    """Withdraw all that you allowed; it holds from the next question on."""
    await consents.withdraw_own_consent(work)


@router.get("/export")
async def export_me(work: InOneTransaction) -> MyExport:
    """What this part of the hub keeps about you: account, contact, consents, sessions, readings. `/api/v1/me/data` has all parts."""
    return my_export(work, await exports.export_me(work))
