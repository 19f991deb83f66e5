"""Lets the holder of a mail answer one request without signing in: the link is made when the mail is sent, works once, and ends with its reason."""

from uuid import UUID

from chassis.ids import new_id
from services.people.model.accounts import Account
from services.people.model.answer_links import AnswerLink, may_answer_by_link, new_answer_link
from services.people.model.fields import Field
from services.people.model.invitations import LinkGone
from services.people.model.persons import PersonRef
from services.people.work import Work


async def link_for(work: Work, account: Account, match_id: UUID) -> str | None:
    """The token for a mail that asks this account to answer this request; the same one when the mail is tried again. None: no link."""
    match = await work.matches.find(match_id)
    answer_by = await work.matches.answer_by(match_id)
    if answer_by is None or answer_by <= work.now or not may_answer_by_link(account, match):
        return None
    person = PersonRef.of_account(account.id)
    known = await work.answer_links.of(account.id, match_id)
    if known is not None:
        return await work.vault.open_apart(person, Field.LINK_TOKEN, known[1]) if known[0].live(work.now) else None
    link, token = new_answer_link(new_id(), account.id, match_id, answer_by, work.now)
    await work.answer_links.add(link, await work.vault.seal_apart(person, Field.LINK_TOKEN, token.text))
    await work.audit.record("answer_link.issued", "account", account.id, match_id=str(match_id))
    return token.text


async def open_link(work: Work, token: str) -> tuple[AnswerLink, Account]:
    """Who may answer which request with this token. It may be opened often and changes nothing. Raises LinkGone."""
    link = (await work.answer_links.by_token(token)).opened(token, work.now)
    account = await work.accounts.find(link.account_id)
    if account is None or not may_answer_by_link(account, await work.matches.find(link.match_id)):
        raise LinkGone
    return link, account


async def use_link(work: Work, token: str) -> None:
    """The request was answered by this link; it does not work again. Raises LinkGone."""
    link = (await work.answer_links.by_token(token)).opened(token, work.now)
    await work.answer_links.use(link.used(work.now))
    await work.audit.record("answer_link.used", "account", link.account_id, match_id=str(link.match_id))


async def forget_links(work: Work, account_id: UUID) -> None:
    """The account's password, role or place changed, or it is shut: links that are on their way stop working."""
    await work.answer_links.delete_for(account_id)
