"""Pages of those who keep the registry: suggestions, claims, records that look alike, merges."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from gateway.clients import ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.registry.actor import Cursor

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=40)]
COMPARED = ("name", "local_name", "kind", "country", "lat", "lon", "population", "website", "source")


@router.get("/moderation/suggestions")
async def list_suggestions(visit: Here, cursor: Cursor = "") -> Response:
    """What waits: suggestions and claims, oldest first."""
    listing = await visit.ask.suggestions.queue(pairs(limit=50, cursor=cursor))
    claims = []
    if visit.may("POST", "/api/v1/claims/x/accept"):
        claims = (await visit.ask.suggestions.claims(pairs(state="open", limit=50))).items
        names = {row["actor_id"]: await visit.ask.registry.actor(row["actor_id"]) for row in claims}
        claims = [{**row, "actor": names[row["actor_id"]]} for row in claims]
    kept = await _kept(visit) if visit.is_one_of("admin") else []
    return visit.page("registry/suggestions.html", listing=listing, claims=claims, kept=kept)


async def _kept(visit: Visit) -> list[Record]:
    """Organisations that keep their own records since a claim was agreed to."""
    accepted = (await visit.ask.suggestions.claims(pairs(state="accepted", limit=50))).items
    actors = [await visit.ask.registry.actor(actor_id) for actor_id in dict.fromkeys(row["actor_id"] for row in accepted)]
    return [actor for actor in actors if actor["claimed"]]


async def _suggestion(visit: Visit, suggestion_id: UUID, form: Form, status: int = 200) -> Response:
    found = await visit.ask.suggestions.one(str(suggestion_id))
    actor: Record | None = None
    if found["record_kind"] == "actor":
        actor = await visit.ask.registry.actor(found["record_id"])
    return visit.page("registry/suggestion.html", status, form=form, found=found, actor=actor)


@router.get("/moderation/suggestions/{suggestion_id}")
async def show_suggestion(visit: Here, suggestion_id: UUID) -> Response:
    """One suggestion beside the registry as it is."""
    return await _suggestion(visit, suggestion_id, Form())


@router.post("/moderation/suggestions/{suggestion_id}")
async def decide_suggestion(visit: Here, suggestion_id: UUID) -> Response:
    """Accept it as it is, accept what is ticked, or refuse it."""
    visit.asker.require("POST", f"/api/v1/suggestions/{suggestion_id}/accept")
    form = await visit.form()
    body: dict[str, Any]  # Any: JSON
    if form.text("decision") == "refuse":
        word, body = "refuse", {"reason": form.text("reason")}
    else:
        offered, taken = set(form.many("offered")), set(form.many("taken"))
        word, body = "accept", {"leave_out": sorted(offered - taken), "record_version": form.whole("record_version")}
        changed = {name: form.text(f"value-{name}") for name in taken if form.values.get(f"value-{name}")}
        body["values"] = {name: text for name, text in changed.items() if text != form.text(f"was-{name}")}
    if await visit.try_(form, visit.ask.suggestions.decide(str(suggestion_id), word, body)) is None:
        return await _suggestion(visit, suggestion_id, form, 422)
    return visit.go("/moderation/suggestions", f"suggestion-{word}")


@router.post("/moderation/claims/{claim_id}")
async def decide_claim(visit: Here, claim_id: UUID) -> Response:
    """Agree to a claim or not."""
    visit.asker.require("POST", f"/api/v1/claims/{claim_id}/accept")
    form = await visit.form()
    word = "refuse" if form.text("decision") == "refuse" else "accept"
    body = {"reason": form.text("reason", "not_of_the_organisation")} if word == "refuse" else None
    await visit.ask.suggestions.decide_claim(str(claim_id), word, body)
    return visit.go("/moderation/suggestions", f"claim-{word}")


@router.get("/moderation/duplicates")
async def list_duplicates(visit: Here, cursor: Cursor = "") -> Response:
    """Records that look like one organisation, and the merges so far."""
    listing = await visit.ask.suggestions.alike(pairs(limit=30, cursor=cursor))
    merges = (await visit.ask.suggestions.merges(pairs(limit=20))).items if not cursor else []
    return visit.page("registry/duplicates.html", listing=listing, merges=merges)


async def _pair(visit: Visit, pair_id: UUID, form: Form, status: int = 200) -> Response:
    pair = await visit.ask.suggestions.pair(str(pair_id))
    return visit.page("registry/duplicate.html", status, form=form, pair=pair, compared=COMPARED)


@router.get("/moderation/duplicates/{pair_id}")
async def show_duplicate(visit: Here, pair_id: UUID) -> Response:
    """Two records side by side; choose value by value."""
    return await _pair(visit, pair_id, Form())


@router.post("/moderation/duplicates/{pair_id}")
async def decide_duplicate(visit: Here, pair_id: UUID) -> Response:
    """Merge the two, or say that they are not one."""
    visit.asker.require("PATCH", f"/api/v1/duplicates/{pair_id}")
    form = await visit.form()
    pair = await visit.ask.suggestions.pair(str(pair_id))
    if form.text("decision") == "apart":
        version = form.whole("version")
        done = await visit.try_(form, visit.ask.suggestions.settle(str(pair_id), version if isinstance(version, int) else 0, "not_duplicates"))
        return visit.go("/moderation/duplicates", "pair-apart") if done is not None else await _pair(visit, pair_id, form, 422)
    kept, gone = (pair["right"], pair["left"]) if form.text("keep") == "right" else (pair["left"], pair["right"])
    other = "left" if kept is pair["right"] else "right"
    values = {name: gone[name] for name in COMPARED if form.text(f"take-{name}") == other and gone[name] != kept[name] and gone[name] is not None}
    if {"lat", "lon"} & values.keys():
        values |= {name: gone[name] for name in ("lat", "lon")}
    done = await visit.try_(form, visit.ask.suggestions.merge(gone["id"], {"into": kept["id"], "values": values}))
    return visit.go("/moderation/duplicates", "pair-merged") if done is not None else await _pair(visit, pair_id, form, 422)


@router.post("/moderation/merges/{merge_id}/undo")
async def undo_merge(visit: Here, merge_id: UUID) -> Response:
    """Take two records apart again."""
    visit.asker.require("POST", f"/api/v1/merges/{merge_id}/undo")
    await visit.form()
    try:
        await visit.ask.suggestions.undo(str(merge_id))
    except ProblemFromService as refusal:
        if refusal.problem_status != 409:
            raise
        form = Form()
        form.refused(refusal)
        listing = await visit.ask.suggestions.alike(pairs(limit=30))
        merges = (await visit.ask.suggestions.merges(pairs(limit=20))).items
        return visit.page("registry/duplicates.html", 409, listing=listing, merges=merges, form=form)
    return visit.go("/moderation/duplicates", "merge-undone")
