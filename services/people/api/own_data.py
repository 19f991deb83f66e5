"""Route of what is kept here about the holder of an account."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.own_data import from_tables, own_data_router
from services.people.api.shapes import my_export
from services.people.store.own_data import own_links
from services.people.use_cases import exports
from services.people.work import Work

_links = from_tables(own_links)


async def _gather(work: Work, account_id: UUID) -> Mapping[str, Any]:  # Any: JSON
    """The account, its contact, consents, sessions, readings, and the links that lead to it."""
    found = my_export(work, await exports.export_me(work)).model_dump(mode="json", exclude={"trail"})
    return {**found, **await _links(work, account_id)}


router = own_data_router(_gather)
