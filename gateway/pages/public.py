"""Pages for everybody: the start page, finding help, organisations, networks, and how things work here."""

from collections.abc import Coroutine
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import PlainTextResponse

from chassis.errors import HubError
from gateway.clients import Listing, ProblemFromService
from gateway.clients.asking import Record
from gateway.pages.door import Here, PageRoute, Visit, pairs
from gateway.pages.forms import Form
from gateway.pages.open_doors import open_doors
from gateway.pages.vocabulary import naming, words_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Text = Annotated[str, Query(max_length=200)]
Key = Annotated[str, Path(pattern="^[A-Za-z0-9-]{1,80}$")]


@router.get("/")
async def home(visit: Here) -> Response:
    """What the city offers and asks, in one screen."""
    words = await words_of(visit)
    statistics, offers = {}, Listing([])
    try:
        statistics = await visit.ask.registry.statistics()
        offers = await visit.ask.directory.search([("limit", "6")])
    except HubError:
        # The start page stands while a service is away.
        statistics = {}
    counts = statistics.get("open_offers_by_category") or {}
    return visit.page(
        "home.html",
        doors=await open_doors(visit),
        statistics=statistics,
        offers=offers.items,
        roots=words.roots,
        counts=counts,
        **naming(visit, words),
    )


@router.get("/help")
async def find_help(
    visit: Here,
    category: Text = "",
    language: Text = "",
    near: Text = "",
    weekday: Text = "",
    q: Text = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Search what is offered; needs no account."""
    words = await words_of(visit)
    wanted = {"category": category, "language": language, "near": near, "weekday": weekday, "q": q.strip()}
    listing, unclear = await _search(visit.ask.directory.search(pairs(**wanted, cursor=cursor, limit=20)))
    return visit.page(
        "help.html",
        form=_filled(wanted),
        listing=listing,
        unclear=unclear,
        categories=words.category_choices,
        languages=words.language_choices,
        **naming(visit, words),
    )


@router.get("/help/{offer_id}")
async def see_public_offer(visit: Here, offer_id: UUID) -> Response:
    """One public offer, and how to ask for it."""
    words = await words_of(visit)
    return visit.page("help_offer.html", offer=await visit.ask.directory.offer(str(offer_id)), **naming(visit, words))


@router.get("/matching-explained")
async def explain_matching(visit: Here) -> Response:
    """How offers and needs are paired, with the weights in use."""
    return visit.page("matching_explained.html", preset=await _preset_in_use(visit))


@router.get("/privacy")
async def tell_privacy(visit: Here) -> Response:
    """What is kept about people."""
    return visit.page("privacy.html")


@router.get("/accessibility")
async def tell_accessibility(visit: Here) -> Response:
    """How well these pages can be used, and whom to tell otherwise."""
    return visit.page("accessibility.html")


@router.get("/theme.css")
async def theme(visit: Here) -> Response:
    """The city's colour."""
    return PlainTextResponse(
        f":root {{ --main: {visit.settings.colour}; }}\n", media_type="text/css", headers={"Cache-Control": "public, max-age=300"}
    )


async def _search(asking: Coroutine[object, object, Listing]) -> tuple[Listing, bool]:
    """The list, or none and a word that the search was not understood."""
    try:
        return await asking, False
    except ProblemFromService as refusal:
        if refusal.problem_status in (404, 422):
            return Listing([]), True
        raise


def _filled(wanted: dict[str, str]) -> Form:
    return Form({name: [value] for name, value in wanted.items()})


async def _preset_in_use(visit: Visit) -> Record | None:
    """The preset that offers are ranked by, with its parts in words; None while `matching` is away."""
    try:
        found = await visit.ask.weights.presets()
    except HubError:
        return None
    return next((row for row in found["items"] if row["in_use"]), None)
