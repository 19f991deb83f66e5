"""What administrators do with others' accounts: find one, end its sessions, take a lost second factor away."""

from uuid import UUID

from contracts.roles import Role
from services.people.model.accounts import Account
from services.people.model.fields import Field
from services.people.model.persons import PersonRef
from services.people.use_cases.accounts import Seen, see_many
from services.people.use_cases.callers import signed_in
from services.people.work import Work

MOST_FOUND = 50
MOST_READ = 3000
"""Names lie sealed and cannot be searched in the database; so many are opened at most."""
AT_ONCE = 300


async def find_accounts(work: Work, words: str) -> list[Seen]:
    """Accounts by their exact address, or by a part of the name: for administrators. Raises NotForYourRole."""
    reader = await signed_in(work, Role.ADMIN)
    if "@" in words:
        found = await work.accounts.by_lookup(work.resources.lookup.of_email(words).hex())
        return await see_many(work, reader, [found.account] if found else [])
    wanted = words.casefold()
    fitting: list[Account] = []
    for start in range(0, MOST_READ, AT_ONCE):
        accounts = await work.accounts.some(start, AT_ONCE)
        names = await work.vault.open_many([PersonRef.of_account(account.id) for account in accounts], (Field.NAME,))
        fitting += [account for account in accounts if wanted in (names.get(PersonRef.of_account(account.id), {}).get(Field.NAME) or "").casefold()]
        if len(accounts) < AT_ONCE or len(fitting) >= MOST_FOUND:
            break
    return await see_many(work, reader, fitting[:MOST_FOUND])


async def end_sessions(work: Work, account_id: UUID) -> int:
    """End all sessions of an account at once; answers how many. Raises NotForYourRole, AccountNotFound."""
    reader = await signed_in(work, Role.ADMIN)
    account = await work.accounts.visible(account_id, reader)
    ended = await work.sessions.revoke_all(account.id, work.now)
    await work.audit.record("sessions.ended", "account", account.id, count=ended)
    return ended


async def reset_second_factor(work: Work, account_id: UUID) -> Seen:
    """Take the second factor of somebody away who lost it: they set up another after their next sign-in. Their sessions end.

    Raises NotForYourRole, AccountNotFound.
    """
    reader = await signed_in(work, Role.ADMIN)
    before = await work.accounts.visible(account_id, reader)
    after = before.without_second_factor(work.now, required=False)
    await work.accounts.save(before, after)
    await work.factors.delete(before.id)
    await work.sessions.revoke_all(before.id, work.now)
    await work.audit.record("second_factor.reset", "account", before.id)
    return (await see_many(work, reader, [after]))[0]
