"""Gives accounts their place in an organisation when the registry says so: an accepted claim, a merge, a merge undone."""

from uuid import UUID

from contracts.actors import ClaimAcceptedV1, MergeState
from contracts.roles import Role
from services.people.model.accounts import Account, AccountState
from services.people.use_cases.accounts import tell_change
from services.people.work import Work

CLAIMING = (Role.VOLUNTEER, Role.MEMBER)
"""Roles whose holders may get a place by a claim; others keep the place that an administrator gave them."""


async def claim_accepted(work: Work, event: ClaimAcceptedV1) -> None:
    """The account becomes a member of the organisation; whoever has the place already keeps it."""
    before = await work.accounts.find(event.account_id)
    if before is not None and before.is_active and before.role in CLAIMING:
        await _move(work, before, Role.MEMBER, event.actor_id, "account.claimed")


async def merged(work: Work, event: MergeState) -> None:
    """Who had a place in the organisation that went has it in the one that is kept."""
    moved = set(await work.suggesters.moved_by(event.merge_id))
    for before in await work.suggesters.in_place(event.gone_id):
        if before.state is not AccountState.ERASED:
            await _move(work, before, before.role, event.kept_id, "account.followed")
            if before.id not in moved:
                await work.suggesters.remember_move(event.merge_id, before.id)


async def unmerged(work: Work, event: MergeState) -> None:
    """Who followed a merge goes back, unless they have another place by now."""
    for account_id in await work.suggesters.moved_by(event.merge_id):
        before = await work.accounts.find(account_id)
        if before is not None and before.actor_id == event.kept_id and before.state is not AccountState.ERASED:
            await _move(work, before, before.role, event.gone_id, "account.followed")
    await work.suggesters.forget_moves(event.merge_id)


async def _move(work: Work, before: Account, role: Role, actor_id: UUID, action: str) -> None:
    after = before.with_role(role, actor_id, work.now, other_admins=1, required=False)
    if after != before:
        await work.accounts.save(before, after)
        await work.sessions.revoke_all(after.id, work.now)
        await tell_change(work, before, after)
        await work.audit.record(action, "account", after.id, role=after.role.value)
