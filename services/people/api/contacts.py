"""Consents, the contacts of cases, and what the parties of a match see of each other."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from chassis.edge import HubRoute
from chassis.errors import Invalid, invalid_field
from chassis.paging import Page, Paging, listed
from services.people.api import shapes
from services.people.api.doors import SECRET, InOneTransaction, settled
from services.people.model.fields import Field
from services.people.schemas import contacts as schemas
from services.people.use_cases import consents, contacts, disclosures, exports
from services.people.use_cases.contacts import person_of_case

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["contacts"])
NOTE = f"/{Field.NOTE_FOR_MEETING}"
Code = Annotated[str, Path(min_length=1, max_length=64, description="The case's code.", examples=["K7QX-9M2D-04TB-ZRHW"])]


@router.get("/consents")
async def list_consents(
    work: InOneTransaction,
    case: Annotated[str | None, Query(max_length=64, description="Of the person behind this case.")] = None,
    account: Annotated[UUID | None, Query(description="Of the holder of this account.")] = None,
) -> schemas.ConsentList:
    """What somebody allowed, newest first: for the team of a case, for the holder of an account, and for administrators."""
    if (case is None) == (account is None):
        raise invalid_field("/query/case", "one_of", "Name either a case or an account.")
    found = await consents.case_consents(work, case) if case is not None else await consents.account_consents(work, account)
    return shapes.consent_list(work, found)


@router.post("/cases/{code}/consents", status_code=201)
async def record_case_consent(code: Code, body: schemas.ConsentRecord, work: InOneTransaction) -> schemas.ConsentList:
    """Record what the person behind a case now allows: for its team."""
    if body.until is not None and body.until <= work.now:
        raise invalid_field("/until", "past", "Choose a moment in the future.")
    wish = consents.Wish(body.match, body.share_contact, body.text_version, body.channel, body.until)
    return shapes.consent_list(work, await consents.record_case_consent(work, code, wish))


@router.delete("/cases/{code}/consents", status_code=204)
async def withdraw_case_consent(code: Code, work: InOneTransaction) -> None:
    """Withdraw all that the person behind a case allowed; it holds from the next question on."""
    await consents.withdraw_case_consent(work, code)


@router.put("/cases/{code}/contact")
async def keep_case_contact(code: Code, body: schemas.ContactWrite, work: InOneTransaction) -> schemas.ContactKept:
    """Keep the contact of the person behind a case, in place of the one before: for its team."""
    texts = {
        Field.NAME: body.name,
        Field.PHONE: body.phone,
        Field.EMAIL: body.email,
        Field.ADDRESS: body.address,
        Field.NOTE_FOR_MEETING: body.note,
    }
    try:
        kept = await contacts.keep_contact(work, code, texts)
    except Invalid as refusal:
        fields = tuple(replace(fault, pointer="/note") if fault.pointer == NOTE else fault for fault in refusal.fields)
        raise Invalid(refusal.message, fields=fields) from None
    names = sorted("note" if field is Field.NOTE_FOR_MEETING else field.value for field in kept)
    return schemas.ContactKept(code=person_of_case(code).key, fields=names)


@router.get("/cases/{code}/contact")
async def get_case_contact(code: Code, request: Request) -> schemas.ContactRead:
    """The contact of the person behind a case: for its team. Each reading is written down."""
    texts = await settled(request, lambda work: contacts.see_contact(work, code))
    return schemas.ContactRead(code=person_of_case(code).key, **shapes.contact(texts).model_dump())


@router.delete("/cases/{code}/contact", status_code=204)
async def delete_case_contact(code: Code, work: InOneTransaction) -> None:
    """Delete the contact of the person behind a case, for good; the case stays."""
    await contacts.delete_contact(work, code)


@router.get("/cases/{code}/person-export")
async def export_case_person(code: Code, request: Request) -> schemas.CaseExport:
    """All that is kept about the person behind a case, to answer a request for access: for administrators, written down as a reading."""
    service = request.app.state.service
    async with service.open_work(request.state.caller) as work:
        return shapes.case_export(work, await exports.export_case(work, code))


@router.post("/disclosures", openapi_extra=SECRET)
async def create_disclosure(body: schemas.DisclosureAsk, work: InOneTransaction) -> schemas.DisclosureRead:
    """See the other side's contact in an accepted match, while their consent lives. Each reading is written down."""
    shown = await disclosures.disclose(work, body.match_id)
    return schemas.DisclosureRead.model_validate({"match_id": shown.match_id, "side": shown.side.value, "contact": shapes.contact(shown.contact)})


@router.get("/disclosures", response_model=Page[schemas.ReadingRead])
async def list_disclosures(request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """Whose contact you read and who read yours, newest first; administrators see all, as ids."""
    return listed(request, response, (await disclosures.list_readings(work, page)).map(shapes.a_reading))
