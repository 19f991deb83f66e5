"""Keep searches for accounts, and tell their readers what is new."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.outbox import Audience
from services.actors import events_out
from services.actors.model.saved import MOST_SEARCHES, OnlyForAccounts, SavedSearch, TooManySearches
from services.actors.store.actors import ActorFilter
from services.actors.store.records import ChangedMeanwhile, NoSuchRecord
from services.actors.work import Work

AT_ONCE = 50
GRACE = timedelta(minutes=5)
"""What was written so lately waits for the next time: a transaction that began before may not have committed yet."""
Given = Mapping[str, Any]
"""Values of a search's own fields (Any: of many types)."""


def account_of(work: Work) -> UUID:
    """The account that asks. Raises OnlyForAccounts."""
    if work.caller.kind != "account" or work.caller.id is None:
        raise OnlyForAccounts("Please sign in to keep searches.")
    return UUID(work.caller.id)


async def keep_search(work: Work, given: Given) -> SavedSearch:
    """Keep a search. What is in the registry now is not news."""
    account_id = account_of(work)
    if await work.searches.count(account_id) >= MOST_SEARCHES:
        raise TooManySearches("You keep {most} searches, which is all; remove one first.", most=MOST_SEARCHES)
    await _check(work, given["query"])
    search = SavedSearch(id=new_id(), account_id=account_id, looked_at=work.now, created_at=work.now, updated_at=work.now, **given)
    await work.searches.add(search)
    await work.audit.record("search.kept", "search", search.id)
    return search


async def change_search(work: Work, search_id: UUID, version: int, changes: Given) -> SavedSearch:
    """Change a search of one's own; what is in the registry now is no news for another query or another rhythm."""
    search = await work.searches.get(search_id, account_of(work))
    if search.version != version:
        raise ChangedMeanwhile("This search was changed in the meantime; read it again.")
    if "query" in changes:
        await _check(work, changes["query"])
    other = replace(search, **changes)
    if other == search:
        return search
    starts_anew = other.query != search.query or other.digest is not search.digest
    other = replace(other, version=search.version + 1, updated_at=work.now, looked_at=work.now if starts_anew else search.looked_at)
    await work.searches.save(other, version)
    await work.audit.record("search.changed", "search", search_id)
    return other


async def drop_search(work: Work, search_id: UUID, version: int) -> None:
    """Remove a search of one's own."""
    await work.searches.get(search_id, account_of(work))
    await work.searches.remove(search_id, version)
    await work.audit.record("search.removed", "search", search_id)


async def tell_what_is_new(work: Work) -> bool:
    """For searches that are due, count what entered or changed since, and tell their readers when there is something. Answers whether more
    are due."""
    until = work.now - GRACE
    due = await work.searches.due(until, AT_ONCE)
    for search in due:
        count = await _news(work, search, until)
        await work.searches.looked(replace(search, looked_at=until))
        if count:
            await work.outbox.add(events_out.search_found(search, count), Audience(accounts=(str(search.account_id),)))
    return len(due) == AT_ONCE


async def filter_of(work: Work, query: Given) -> ActorFilter:
    """The filter that the parameters of a saved search name. Raises NoSuchRecord for a network that is not there."""
    given = {name: value for name, value in query.items() if value is not None}
    network = given.pop("network", None)
    return ActorFilter(network=(await work.actors.get(network)).id if network else None, **given)


async def _check(work: Work, query: Given) -> None:
    await filter_of(work, query)


async def _news(work: Work, search: SavedSearch, until: datetime) -> int:
    try:
        wanted = await filter_of(work, search.query)
    except NoSuchRecord:
        return 0
    return await work.actors.count(replace(wanted, changed_since=search.looked_at, changed_until=until))
