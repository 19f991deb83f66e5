"""What happens when news arrives: the right people are told, webhooks are called, and what is known of accounts is kept up to date."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.model.kinds import Kind, is_overtaken, overtaken_by
from services.notifications.model.people import Account
from services.notifications.model.rules import News, Side, rules_for
from services.notifications.use_cases import webhooks
from services.notifications.use_cases.tell import reachable, tell
from services.notifications.work import Work

COORDINATOR, MEMBER, ADMIN = "coordinator", "member", "admin"
WITH_STATES = ("match", "offer", "ask")
"""Subjects whose newest state decides whether a message still makes sense."""


async def hear(work: Work, news: News) -> None:
    """Tell people and webhooks of one event."""
    newest = news.state
    if news.state is not None and news.subject_kind in WITH_STATES:
        newest = await work.people.note_state(news.subject_id, news.version, news.state, work.now)
        await work.notices.settle(news.subject_id, overtaken_by(newest), work.now)
    for rule in rules_for(news):
        if is_overtaken(rule.kind, newest):
            continue
        told = await _tell(work, rule.kind, await _people_of(work, rule.side, news), news)
        if not told and rule.kind is Kind.REQUEST_TO_ANSWER:
            await _tell(work, Kind.NOBODY_TO_ANSWER, await _people_of(work, Side.CASE, news), news)
    await webhooks.fan_out(work, news)


async def _tell(work: Work, kind: Kind, people: Sequence[UUID], news: News) -> int:
    return await tell(work, people, kind, event_id=news.event_id, subject_id=news.subject_id, numbers=news.numbers)


async def _people_of(work: Work, side: Side, news: News) -> list[UUID]:
    if side is Side.PROVIDER:
        return await _providers(work, news)
    if side is Side.CASE:
        return await _case_side(work, news)
    if side is Side.MODERATORS:
        return [account.account_id for account in await work.people.active_with_roles((COORDINATOR, ADMIN))]
    if side is Side.COORDINATORS:
        return [account.account_id for account in await work.people.active_with_roles((COORDINATOR,))]
    return [news.started_by] if news.started_by else []


async def _providers(work: Work, news: News) -> list[UUID]:
    if news.provider_account is not None:
        return [news.provider_account]
    if news.provider_actor is None:
        return []
    return [account.account_id for account in await work.people.active_in_actors([news.provider_actor], (MEMBER, COORDINATOR))]


async def _case_side(work: Work, news: News) -> list[UUID]:
    """Who recorded the case; if that is nobody or somebody who left, the coordinators of its actor, then its members, then the coordinators
    whom it is shared with. A case without any team (an anonymous ask) concerns every coordinator."""
    if news.recorded_by is not None and (there := await reachable(work, [news.recorded_by])):
        return there
    teams: list[tuple[list[UUID], tuple[str, ...]]] = []
    if news.case_actor is not None:
        teams += [([news.case_actor], (COORDINATOR,)), ([news.case_actor], (MEMBER,))]
    if news.shared_with:
        teams.append((list(news.shared_with), (COORDINATOR,)))
    for actors, roles in teams:
        if found := await work.people.active_in_actors(actors, roles):
            return [account.account_id for account in found]
    if teams:
        return []
    return [account.account_id for account in await work.people.active_with_roles((COORDINATOR,))]


async def keep_account(work: Work, account: Account) -> None:
    """Keep the newest state of an account."""
    await work.people.save_account(account)


async def forget(work: Work, subject_kind: str, subject_id: UUID) -> None:
    """Obey an erasure: inbox, choices, mails, webhooks and all that names the person go; only the id stays."""
    await work.webhooks.erase(subject_id)
    if subject_kind == "account":
        await work.notices.erase(subject_id)
        await work.mails.erase(subject_id)
        await work.people.erase(subject_id, work.now)
    await work.audit.record("messages.erased", subject_kind, subject_id)
