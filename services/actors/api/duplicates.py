"""Routes of records that look alike, and of merging them. For the registry's editors."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from chassis.edge import HubRoute
from chassis.paging import Listed, Page, Paging, listed
from chassis.web import Body
from services.actors.api.common import InOneTransaction, Key, OfActor, Version, id_of
from services.actors.model.duplicates import PairState
from services.actors.model.merging import Merge
from services.actors.model.rights import check_may_edit_all
from services.actors.schemas.duplicates import MergeAsk, MergeRead, PairRead
from services.actors.store.duplicates import StoredPair
from services.actors.use_cases import duplicates, merging, unmerging
from services.actors.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["moderation"])


class PairSettle(Body):
    """What was found about two records that look alike."""

    state: Literal[PairState.OPEN, PairState.NOT_DUPLICATES] = Field(description="not_duplicates, or open to ask again.", examples=["not_duplicates"])


async def _pairs(work: Work, pairs: Listed[StoredPair]) -> Listed[dict[str, Any]]:
    actors = await work.actors.records.known({actor_id for pair in pairs.items for actor_id in (pair.low_id, pair.high_id)})
    items = [_pair(pair, actors) for pair in pairs.items if pair.low_id in actors and pair.high_id in actors]
    return Listed(items, pairs.more_after)


def _pair(pair: StoredPair, actors: dict[Any, Any]) -> dict[str, Any]:
    fields = {name: getattr(pair, name) for name in ("id", "version", "state", "score", "reasons", "created_at", "updated_at")}
    return {**fields, "left": actors[pair.low_id], "right": actors[pair.high_id]}


async def _merge(work: Work, merge: Merge) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for step in merge.steps.records:
        counts[step.kind.value] = counts.get(step.kind.value, 0) + 1
    counts |= {what: len(ids) for what, ids in merge.steps.moved.items() if ids}
    refs = await work.actors.refs([merge.kept_id])
    kept = refs.get(merge.kept_id) or {name: merge.steps.kept[name] for name in ("id", "slug", "kind", "name")}
    gone = merge.steps.gone
    return {
        "id": merge.id, "version": merge.version, "state": merge.state, "kept": kept, "gone_id": merge.gone_id, "gone_slug": gone["slug"],
        "gone_name": gone["name"], "moved": counts, "created_at": merge.created_at, "updated_at": merge.updated_at,
    }  # fmt: skip


@router.get("/duplicates", response_model=Page[PairRead])
async def list_duplicates(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    state: Annotated[Literal["open", "not_duplicates"], Query(description="Only in this state.")] = "open",
    actor: Annotated[OfActor, Query(description="Only pairs with this actor: UUID or readable key.")] = None,
) -> dict[str, Any]:
    """Records that look like the same organisation, most alike first."""
    check_may_edit_all(work.caller)
    found = await work.duplicates.page(paging, PairState(state), await id_of(work, actor))
    return listed(request, response, await _pairs(work, found))


@router.get("/duplicates/{pair_id}", response_model=PairRead)
async def read_duplicate(pair_id: Annotated[UUID, Path(description="The pair's id.")], work: InOneTransaction) -> dict[str, Any]:
    """Two records that look alike, side by side."""
    check_may_edit_all(work.caller)
    return await _one(work, await work.duplicates.get(pair_id))


@router.patch("/duplicates/{pair_id}", response_model=PairRead)
async def settle_duplicate(
    pair_id: Annotated[UUID, Path(description="The pair's id.")], body: PairSettle, version: Version, work: InOneTransaction
) -> dict[str, Any]:
    """Say that two records are not the same organisation; they are not asked about again."""
    return await _one(work, await duplicates.settle(work, pair_id, version, body.state))


async def _one(work: Work, pair: StoredPair) -> dict[str, Any]:
    left, right = await work.actors.get(pair.low_id), await work.actors.get(pair.high_id)
    return _pair(pair, {pair.low_id: left, pair.high_id: right})


@router.post("/actors/{actor}/merge", status_code=201, response_model=MergeRead)
async def merge_actor(actor: Key, body: MergeAsk, work: InOneTransaction) -> dict[str, Any]:
    """Let a record of an organisation go into another one of the same organisation. The id and key of the record that goes answer with the
    kept record from then on."""
    chosen = body.values.model_dump(exclude_unset=True)
    return await _merge(work, await merging.merge_actors(work, actor, body.into, chosen))


@router.get("/merges", response_model=Page[MergeRead])
async def list_merges(
    request: Request,
    response: Response,
    work: InOneTransaction,
    paging: Paging,
    actor: Annotated[OfActor, Query(description="Only merges with this actor: UUID or readable key.")] = None,
) -> dict[str, Any]:
    """Merges, newest first."""
    check_may_edit_all(work.caller)
    found = await work.merges.page(paging, await id_of(work, actor))
    return listed(request, response, Listed([await _merge(work, merge) for merge in found.items], found.more_after))


@router.post("/merges/{merge_id}/undo", response_model=MergeRead)
async def undo_merge(merge_id: Annotated[UUID, Path(description="The merge's id.")], work: InOneTransaction) -> dict[str, Any]:
    """Undo a merge: the record comes back with all that was moved. Values that somebody changed since stay as they are now."""
    return await _merge(work, await unmerging.undo_merge(work, merge_id))
