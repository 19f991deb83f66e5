"""Secret addresses under which somebody's calendar program reads their calendar."""

from datetime import datetime

from services.people.model.accounts import Account
from services.people.model.invitations import LinkGone
from services.people.model.tokens import new_token
from services.people.use_cases.callers import lacks_second_factor, signed_in
from services.people.work import Work


async def make_feed(work: Work) -> str:
    """A new secret address for the caller; the one before stops working. It is told this once."""
    account = await signed_in(work)
    token = new_token()
    await work.feeds.put(account.id, token.hash, work.now)
    await work.audit.record("calendar.opened", "account", account.id)
    return token.text


async def end_feed(work: Work) -> None:
    """The caller's secret address stops working."""
    account = await signed_in(work)
    await work.feeds.delete_for(account.id)
    await work.audit.record("calendar.closed", "account", account.id)


async def feed_since(work: Work) -> datetime | None:
    """Since when the caller has a secret address."""
    return await work.feeds.since((await signed_in(work)).id)


async def open_feed(work: Work, token: str) -> Account:
    """Whose calendar it is. Raises LinkGone."""
    account = await work.accounts.find(await work.feeds.owner(token))
    if account is None or not account.is_active or lacks_second_factor(work, account):
        raise LinkGone
    return account
