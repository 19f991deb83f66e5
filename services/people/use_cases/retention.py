"""Lets go of what is no longer needed (R19)."""

from datetime import timedelta

from services.people.model.erasure import CONTACT_AFTER_CLOSE
from services.people.use_cases.contacts import forget_contact
from services.people.use_cases.erasure import erase_account
from services.people.work import Work

AT_ONCE = 50


async def forget_old(work: Work) -> None:
    """Delete sessions, tokens, links, counts and projections that ended."""
    settings = work.settings
    await work.sessions.purge(work.now - timedelta(hours=settings.session_hours))
    await work.clients.purge_tokens(work.now)
    await work.invitations.purge(work.now - timedelta(days=await work.chosen("invited_days", settings.invited_days)))
    await work.resets.purge(work.now)
    await work.answer_links.purge(work.now)
    await work.email_changes.purge(work.now)
    await work.guesses.purge(work.now - timedelta(days=31))
    await work.heard.purge(work.now - timedelta(days=settings.inbox_days))
    await work.disclosures.purge(work.now - timedelta(days=await work.chosen("audit_days", settings.audit_days)))


async def forget_contacts(work: Work) -> bool:
    """Destroy the contacts of cases that were closed 30 days ago and have no running match; answers whether there may be more."""
    cases = await work.cases.closed_with_contact(work.now - CONTACT_AFTER_CLOSE, AT_ONCE)
    due = [case for case in cases if not await work.matches.is_running(case.code)]
    for case in due:
        await forget_contact(work, case)
    return len(due) == AT_ONCE


async def forget_uninvited(work: Work) -> bool:
    """Erase those who were invited long ago and never came; answers whether there may be more."""
    days = await work.chosen("invited_days", work.settings.invited_days)
    accounts = await work.accounts.left_uninvited(work.now - timedelta(days=days), AT_ONCE)
    for account in accounts:
        await erase_account(work, account)
    return len(accounts) == AT_ONCE
