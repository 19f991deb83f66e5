"""Gives accounts their place in an organisation when the registry says so: a claim accepted or ended, a merge, a merge undone."""

from uuid import UUID

from contracts.actors import ClaimAcceptedV1, ClaimEndedV1, MergeState
from contracts.roles import Role
from services.people.model.accounts import Account, AccountState
from services.people.store.places import ACCOUNT, SHARE, SHARE_BOTH, SIDES
from services.people.use_cases.accounts import tell_change
from services.people.work import Work

CLAIMING = (Role.VOLUNTEER, Role.MEMBER)
"""Roles whose holders may get a place by a claim; others keep the place that an administrator gave them."""


async def claim_accepted(work: Work, event: ClaimAcceptedV1) -> None:
    """The account becomes a member of the organisation; whoever has the place already keeps it."""
    before = await work.accounts.find(event.account_id)
    if before is not None and before.is_active and before.role in CLAIMING:
        await _move(work, before, Role.MEMBER, event.actor_id, "account.claimed")


async def claim_ended(work: Work, event: ClaimEndedV1) -> None:
    """The place that a claim gave is taken; whoever has another place by now, or another role, keeps that."""
    before = await work.accounts.find(event.account_id)
    if before is not None and before.is_active and before.role is Role.MEMBER and before.actor_id == event.actor_id:
        await _move(work, before, Role.VOLUNTEER, None, "account.claim_ended")


async def merged(work: Work, event: MergeState) -> None:
    """Who had a place in the organisation that went has it in the one that is kept; matches and shared cases name that one."""
    store, known = work.places, await work.places.followed(event.merge_id)
    for before in await store.accounts_in(event.gone_id):
        if before.state is not AccountState.ERASED:
            await _move(work, before, before.role, event.kept_id, "account.followed")
            if before.id not in known.get(ACCOUNT, ()):
                await store.remember(event.merge_id, ACCOUNT, [before.id])
    for part in SIDES:
        ids = await store.matches_of(part, event.gone_id)
        await store.move(part, ids, event.gone_id, event.kept_id)
        await store.remember(event.merge_id, part, [one for one in ids if one not in known.get(part, ())])
    kept, gone = str(event.kept_id), str(event.gone_id)
    for match_id, shared in (await store.shared_with(event.gone_id)).items():
        part = SHARE_BOTH if kept in shared else SHARE
        await store.share(match_id, [kept, *(one for one in shared if one != gone)])
        if match_id not in known.get(part, ()):
            await store.remember(event.merge_id, part, [match_id])


async def unmerged(work: Work, event: MergeState) -> None:
    """What followed a merge goes back, unless it has another place by now."""
    store, known = work.places, await work.places.followed(event.merge_id)
    for account_id in known.get(ACCOUNT, ()):
        before = await work.accounts.find(account_id)
        if before is not None and before.actor_id == event.kept_id and before.state is not AccountState.ERASED:
            await _move(work, before, before.role, event.gone_id, "account.followed")
    for part in SIDES:
        await store.move(part, known.get(part, []), event.kept_id, event.gone_id)
    kept, gone = str(event.kept_id), str(event.gone_id)
    shares = await store.shared_with(event.kept_id)
    for part in (SHARE, SHARE_BOTH):
        for match_id in known.get(part, ()):
            if match_id in shares:
                stay = [one for one in shares[match_id] if part == SHARE_BOTH or one != kept]
                await store.share(match_id, [gone, *stay])
    await store.forget(event.merge_id)


async def _move(work: Work, before: Account, role: Role, actor_id: UUID | None, action: str) -> None:
    after = before.with_role(role, actor_id, work.now, other_admins=1, required=False)
    if after != before:
        await work.accounts.save(before, after)
        await work.sessions.revoke_all(after.id, work.now)
        await work.answer_links.delete_for(after.id)
        await tell_change(work, before, after)
        await work.audit.record(action, "account", after.id, role=after.role.value)
