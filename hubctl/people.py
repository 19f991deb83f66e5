"""What an operator does to accounts from the command line: the first administrator, a new account, a forgotten password or second factor."""

from uuid import UUID

from chassis.identity import SYSTEM
from chassis.ids import new_id
from contracts.roles import Role
from hubctl.building import build_service
from hubctl.refusals import Refusal


class NobodyThere(Refusal):
    """No account has that address."""


async def administrators() -> int:
    """How many active administrators there are."""
    service = build_service("people").service
    try:
        async with service.open_work(SYSTEM, reading=True) as work:
            return int(await work.accounts.other_admins(new_id()))
    finally:
        await service.database.close()


async def create(email: str, name: str, role: Role, actor_id: UUID | None, locale: str, password: str) -> UUID:
    """A new account that may sign in at once. Raises AddressTaken, PlaceDoesNotFitRole, Invalid."""
    from services.people.use_cases.accounts import create_account

    service = build_service("people").service
    await service.resources.keys.prepare()
    try:
        async with service.open_work(SYSTEM) as work:
            account = await create_account(work, email, name, role, actor_id, locale, password=password)
            return account.id
    finally:
        await service.resources.keys.database.close()
        await service.database.close()


async def reset(email: str, password: str, *, second_factor: bool) -> None:
    """Another password, all sessions ended; with `second_factor` also the factor goes, to be set up anew. Raises NobodyThere."""
    service = build_service("people").service
    await service.resources.keys.prepare()
    hashed = await service.resources.desk.hash(password)
    try:
        async with service.open_work(SYSTEM) as work:
            known = await work.accounts.by_lookup(work.resources.lookup.of_email(email).hex())
            if known is None:
                raise NobodyThere("No account has this address.")
            account = known.account
            await work.accounts.set_password(account.id, hashed)
            await work.sessions.revoke_all(account.id, work.now)
            if second_factor and account.second_factor:
                await work.accounts.save(account, account.without_second_factor(work.now, required=False))
                await work.factors.delete(account.id)
            await work.audit.record("account.reset_by_operator", "account", account.id, second_factor=second_factor)
    finally:
        await service.resources.keys.database.close()
        await service.database.close()
