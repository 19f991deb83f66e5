"""Accounts, invitations, and new passwords by mail."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.edge import HubRoute, if_match
from chassis.paging import Page, Paging, listed
from contracts.roles import Role
from services.people.api.doors import SECRET, InOneTransaction, Source, reading, settled
from services.people.model.accounts import AccountState
from services.people.model.invitations import Invitation
from services.people.schemas import accounts as schemas
from services.people.schemas.links import EmailChangeAsk
from services.people.use_cases import accounts, email_changes, invitations, passwords, people_admin
from services.people.use_cases.accounts import UNCHANGED, Seen
from services.people.use_cases.invitations import Acceptance

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["people"])


def _invitation(invitation: Invitation) -> schemas.InvitationRead:
    return schemas.InvitationRead(
        id=invitation.id,
        version=1,
        role=invitation.role,
        actor_id=invitation.actor_id,
        locale=invitation.locale,
        invited_by=invitation.invited_by,
        created_at=invitation.created_at,
        updated_at=invitation.created_at,
        expires_at=invitation.expires_at,
    )


def shape_account(seen: Seen) -> schemas.AccountRead:
    """An account for its reader."""
    account = seen.account
    return schemas.AccountRead(
        id=account.id,
        version=account.version,
        role=account.role,
        actor_id=account.actor_id,
        locale=account.locale,
        state=account.state.value,
        second_factor=account.second_factor,
        name=seen.name,
        email_masked=seen.email_masked,
        email_refused_at=seen.email_refused_at,
        last_seen_on=seen.last_seen_on,
        created_at=account.created_at,
        updated_at=account.updated_at,
    )


@router.post("/invitations", status_code=201)
async def create_invitation(body: schemas.InvitationCreate, work: InOneTransaction) -> schemas.InvitationRead:
    """Invite somebody; a mail with a link goes out. Administrators invite into any role, coordinators volunteers, members and colleagues,
    members their own team."""
    issued = await invitations.invite_person(work, body.email, body.name, body.role, body.actor_id, body.locale)
    return _invitation(issued.invitation)


@router.get("/invitations", response_model=Page[schemas.InvitationRead])
async def list_invitations(request: Request, response: Response, work: InOneTransaction, page: Paging) -> dict[str, Any]:
    """Open invitations that you may see, newest first."""
    return listed(request, response, (await invitations.list_invitations(work, page)).map(_invitation))


@router.delete("/invitations/{invitation_id}", status_code=204)
async def delete_invitation(invitation_id: UUID, work: InOneTransaction) -> None:
    """Take an invitation back; its link stops working at once."""
    await invitations.revoke_invitation(work, invitation_id)


@router.post("/invitations/accept", status_code=201, openapi_extra=SECRET)
async def accept_invitation(body: schemas.InvitationAccept, request: Request) -> schemas.AccountRead:
    """Accept an invitation: choose a password, and say whether the other side of an accepted match may see your contact. Then sign in."""
    given = Acceptance(body.token, body.password, body.name, body.phone, body.locale, body.share_contact, body.text_version)
    await reading(request, lambda work: invitations.check_acceptance(work, given))
    password_hash = await request.app.state.service.resources.desk.hash(body.password)
    account = await settled(request, lambda work: invitations.accept_invitation(work, given, password_hash))
    return shape_account(Seen(account))


@router.post("/password-resets", status_code=202, openapi_extra=SECRET)
async def request_password_reset(body: schemas.ResetRequest, work: InOneTransaction) -> schemas.Done:
    """Ask for a link to choose a new password. The answer is the same whether or not there is such an account."""
    await passwords.ask_reset(work, body.email)
    return schemas.Done()


@router.post("/password-resets/complete", openapi_extra=SECRET)
async def complete_password_reset(body: schemas.ResetComplete, request: Request, source: Source) -> schemas.Done:
    """Choose a new password with the link from the mail. All sessions end; the second factor stays as it is."""
    await reading(request, lambda work: passwords.check_reset(work, body.token, body.password))
    password_hash = await request.app.state.service.resources.desk.hash(body.password)
    await settled(request, lambda work: passwords.complete_reset(work, body.token, password_hash, source))
    return schemas.Done()


@router.get("/accounts", response_model=Page[schemas.AccountRead])
async def list_accounts(
    request: Request,
    response: Response,
    work: InOneTransaction,
    page: Paging,
    role: Annotated[Role | None, Query(description="Only accounts in this role.")] = None,
    actor_id: Annotated[UUID | None, Query(description="Only accounts with a place in this organisation.")] = None,
    state: Annotated[AccountState | None, Query(description="Only accounts that stand so.")] = None,
) -> dict[str, Any]:
    """Accounts that you may see: administrators all, coordinators those they work with, members their team."""
    return listed(request, response, (await accounts.list_accounts(work, page, role, actor_id, state)).map(shape_account))


@router.post("/accounts/search", openapi_extra=SECRET)
async def search_accounts(body: schemas.AccountSearch, work: InOneTransaction) -> schemas.AccountsFound:
    """Find accounts by their address or a part of the name: for administrators."""
    items = [shape_account(seen) for seen in await people_admin.find_accounts(work, body.words)]
    return schemas.AccountsFound(items=items, total=len(items))


@router.post("/accounts/{account_id}/sessions/end")
async def end_account_sessions(account_id: UUID, work: InOneTransaction) -> schemas.SessionsEnded:
    """End all sessions of an account at once: for administrators."""
    return schemas.SessionsEnded(ended=await people_admin.end_sessions(work, account_id))


@router.post("/accounts/{account_id}/second-factor/reset")
async def reset_account_second_factor(account_id: UUID, work: InOneTransaction) -> schemas.AccountRead:
    """Take a lost second factor away: for administrators, after they made sure who asks. Another is set up after the next sign-in."""
    return shape_account(await people_admin.reset_second_factor(work, account_id))


@router.post("/accounts/{account_id}/email-correction", status_code=202, openapi_extra=SECRET)
async def correct_account_email(account_id: UUID, body: EmailChangeAsk, work: InOneTransaction) -> schemas.Done:
    """Correct the address of somebody who reads neither of the two mails of a change: for administrators, after they made sure who asks. The old
    address is told, the sessions end, and the new one is used once its link was followed within a day."""
    await email_changes.correct_address(work, account_id, body.email)
    return schemas.Done()


@router.get("/accounts/{account_id}")
async def get_account(account_id: UUID, work: InOneTransaction) -> schemas.AccountRead:
    """One account that you may see."""
    return shape_account(await accounts.see_account(work, account_id))


@router.post("/accounts/{account_id}/leave-team")
async def leave_team(account_id: UUID, work: InOneTransaction) -> schemas.AccountRead:
    """Take a member out of your organisation, or leave it yourself: a volunteer from now on. Sessions end at once; what was entered stays."""
    return shape_account(await accounts.leave_team(work, account_id))


@router.patch("/accounts/{account_id}")
async def change_account(
    account_id: UUID, body: schemas.AccountUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction
) -> schemas.AccountRead:
    """Change role or place, disable or enable: for administrators. The account's sessions end at once."""
    actor_id: object = body.actor_id if "actor_id" in body.model_fields_set else UNCHANGED
    return shape_account(await accounts.change_account(work, account_id, version, role=body.role, actor_id=actor_id, active=body.active))
