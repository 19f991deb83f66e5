"""Routes of saved searches: each account has its own."""

from typing import Any

from fastapi import APIRouter, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page, Paging, listed
from services.actors.api.common import InOneTransaction, RecordId, Version
from services.actors.model.saved import SavedSearch
from services.actors.schemas.search import SavedSearchCreate, SavedSearchRead, SavedSearchUpdate
from services.actors.use_cases import saved

router = APIRouter(prefix="/api/v1/searches", route_class=HubRoute, tags=["searches"])


def _fields(body: SavedSearchCreate | SavedSearchUpdate, *, sent_only: bool) -> dict[str, Any]:  # Any: values of a search's fields
    fields = body.model_dump(exclude_unset=sent_only)
    if "query" in fields:
        fields["query"] = body.query.model_dump(mode="json", exclude_none=True)
    return fields


@router.get("", response_model=Page[SavedSearchRead])
async def list_searches(request: Request, response: Response, work: InOneTransaction, paging: Paging) -> dict[str, Any]:
    """The searches that the caller keeps, oldest first. For accounts."""
    return listed(request, response, await work.searches.page(saved.account_of(work), paging))


@router.post("", status_code=201, response_model=SavedSearchRead)
async def keep_search(body: SavedSearchCreate, work: InOneTransaction) -> SavedSearch:
    """Keep a search, and be told what is new, if wanted. For accounts."""
    return await saved.keep_search(work, _fields(body, sent_only=False))


@router.patch("/{search_id}", response_model=SavedSearchRead)
async def change_search(search_id: RecordId, body: SavedSearchUpdate, version: Version, work: InOneTransaction) -> SavedSearch:
    """Change a search of one's own."""
    return await saved.change_search(work, search_id, version, _fields(body, sent_only=True))


@router.delete("/{search_id}", status_code=204)
async def drop_search(search_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a search of one's own."""
    await saved.drop_search(work, search_id, version)
