"""What the lists of records share for readers who keep a copy: `modified_after`, and from when to ask the next time."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import Query, Response
from sqlalchemy import ColumnElement

from chassis.errors import invalid_field
from chassis.paging import Listed, PageRequest
from services.actors.api.interchange.asking import aware
from services.actors.model.interchange.cells import moment_text
from services.actors.store.interchange.changed import changed
from services.actors.store.records import Records
from services.actors.work import Work

OVERLAP = timedelta(minutes=10)
"""A change may be stored some minutes after its moment (a long import commits at its end); who asks again from so long before misses nothing."""
NEXT = "Hub-Harvest-From"
"""Header with the moment to ask from the next time."""

ModifiedAfter = Annotated[
    datetime | None,
    Query(
        description="Only what changed at or after this moment, oldest change first, archived or not; for readers who keep a copy. "
        f"The header `{NEXT}` tells the moment to ask from the next time.",
        examples=["2026-11-01T00:00:00Z"],
    ),
]


def tell_next(response: Response, work: Work) -> None:
    """From when the reader should ask the next time."""
    response.headers[NEXT] = moment_text(work.now - OVERLAP)


async def changes(
    response: Response, work: Work, records: Records[Any], paging: PageRequest, moment: datetime, conditions: list[ColumnElement[bool]]
) -> Listed[Any]:
    """A page of a kind of record in the order of changes (Any: the kind's model)."""
    tell_next(response, work)
    return await changed(work.session, records.row, records.to_model, aware(moment), paging, conditions)


async def page_or_changes(
    response: Response, work: Work, records: Records[Any], paging: PageRequest, moment: datetime | None, conditions: list[ColumnElement[bool]]
) -> Listed[Any]:
    """A page of a kind of record: in its own order, or with a moment in the order of changes since then (Any: the kind's model)."""
    if moment is None:
        return await records.page(paging, conditions)
    return await changes(response, work, records, paging, moment, conditions)


def check_alone(is_alone: bool) -> None:
    """`modified_after` goes with no other filter of actors and offers: a copy of a part could not tell what left it."""
    if not is_alone:
        raise invalid_field("/query/modified_after", "not_alone", "Ask for changes without any other filter.")
