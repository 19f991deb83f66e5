"""How every list of records is answered: "nothing is new" first (304), then a page in its own order or in the order of changes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from chassis.paging import PageRequest, Paging, listed
from services.actors.api.caching import unchanged
from services.actors.api.common import InOneTransaction
from services.actors.api.interchange.changes import ModifiedAfter, page_or_changes
from services.actors.api.shaping import many
from services.actors.store.parts import Conditions
from services.actors.store.records import Records
from services.actors.work import Work


@dataclass(frozen=True, slots=True)
class ListAsked:
    """One question for a list."""

    request: Request
    response: Response
    work: Work
    paging: PageRequest
    modified_after: ModifiedAfter

    async def answer(self, store: Callable[[Work], Records[Any]], wanted: Callable[[Work], Awaitable[Conditions]]) -> Any:  # Any: FastAPI shapes it
        """The page of these records that meet the conditions; they are worked out only for who has not got the answer already."""
        if self.modified_after is None and (same := await unchanged(self.request, self.response, self.work)) is not None:
            return same
        page = await page_or_changes(self.response, self.work, store(self.work), self.paging, self.modified_after, await wanted(self.work))
        return listed(self.request, self.response, await many(self.work, page))


async def list_asked(request: Request, response: Response, work: InOneTransaction, paging: Paging, modified_after: ModifiedAfter = None) -> ListAsked:
    """Dependency: what every list is asked with."""
    return ListAsked(request, response, work, paging, modified_after)


AskedList = Annotated[ListAsked, Depends(list_asked)]
"""What every list is asked with."""


def lists_fixed(fields: dict[str, Any]) -> dict[str, Any]:  # Any: values of a record's fields
    """Lists as tuples, since records are frozen."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
