"""Routes of HSDS 3.2: services, organizations, services at locations and taxonomies, for directories of other hubs. Reading only."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from chassis.edge import operation_id
from services.actors.api.interchange.asking import (
    Full,
    FullService,
    Minimal,
    ModifiedAfter,
    OrganizationId,
    Paging,
    Postcode,
    Proximity,
    Search,
    TaxonomyId,
    TermId,
    answer_list,
    hub_of,
    moment_of,
    point_of,
    providers_of,
    reading,
)
from services.actors.model.interchange.hsds import services as service_shape
from services.actors.model.interchange.hsds.taxonomies import Taxonomy, has_words, taxonomy_id, taxonomy_record, term_record
from services.actors.schemas.interchange import hsds as shown
from services.actors.store.interchange.hsds import OrganizationFilter, ServiceFilter
from services.actors.store.records import NoSuchRecord
from services.actors.use_cases.interchange import hsds

VERSION = "3.2"
PROFILE = "https://docs.openreferral.org/en/latest/hsds/"
PREFIX = "/hsds/v3"
router = APIRouter(prefix=PREFIX, tags=["hsds"], generate_unique_id_function=operation_id)
Id = Annotated[UUID, Path(description="The record's id.")]
LINES: dict[str, Any] = {"application/x-ndjson": {"schema": {"type": "string"}}}  # Any: FastAPI's own type
F = TypeVar("F", bound=Callable[..., Any])  # Any: a route's function, whatever it takes
NO_KEY = {"x-no-idempotency": True}


def _list(path: str, name: str, summary: str, page: Any) -> Callable[[F], F]:  # Any: a response model
    """A list by GET, and the same search by POST with the same parameters."""

    def add(function: F) -> F:
        told = {200: {"model": page, "description": "A page; or all records as lines.", "content": LINES}}
        common: dict[str, Any] = {"response_class": JSONResponse, "responses": told, "openapi_extra": NO_KEY}
        router.add_api_route(path, function, methods=["GET"], name=f"hsds_list_{name}", summary=summary, **common)
        router.add_api_route(path, function, methods=["POST"], name=f"hsds_search_{name}", summary=f"{summary} (search by POST)", **common)
        return function

    return add


def _found(model: Any) -> dict[int | str, dict[str, Any]]:  # Any: a response model
    return {200: {"model": model, "description": "The record."}}


@router.get("", name="hsds_about", responses=_found(shown.About), response_class=JSONResponse)
@router.get("/", include_in_schema=False)
async def about(request: Request) -> Response:
    """What this interface is, in which version of HSDS, and who publishes it."""
    settings = request.app.state.service.settings
    return JSONResponse(
        {
            "version": VERSION,
            "profile": PROFILE,
            "openapi_url": f"{settings.public_url}/openapi.json",
            "description": f"Open offers and organisations of welcome. Licence: {settings.licence_name} ({settings.licence_url}).",
            "publisher": {
                "name": settings.publisher_name,
                "website": f"{settings.public_url}/open-data",
                "additional_websites": [settings.public_url],
            },
        }
    )


@_list("/services", "services", "Services: offers that everybody may ask for", shown.ServicePage)
async def list_services(
    request: Request,
    wanted: Paging,
    search: Search = None,
    term_id: TermId = None,
    taxonomy: TaxonomyId = None,
    organization_id: OrganizationId = None,
    modified_after: ModifiedAfter = None,
    minimal: Minimal = False,
    full: Full = False,
) -> Response:
    """Services by id; filters add up."""
    async with reading(request) as work:
        providers = await providers_of(request, work, full=full)
        asked = ServiceFilter(work.now.date(), search, None, organization_id, _is_ours(providers, organization_id), moment_of(modified_after))
        asked = await hsds.narrowed_service(work, asked, term_id, taxonomy)
        return await answer_list(request, hsds.Services(work, asked, hub_of(request), providers, full, minimal), wanted)


def _is_ours(providers: hsds.Providers, organization_id: UUID | None) -> bool:
    return providers.publisher is not None and providers.publisher.id == organization_id


@router.get("/services/{id}", name="hsds_read_service", responses=_found(shown.Service), response_class=JSONResponse)
async def read_service(request: Request, id: Id) -> Response:
    """One service with all that is nested."""
    async with reading(request) as work:
        offer = await hsds.valid_offer(work, id)
        provider = await (await providers_of(request, work, full=True)).of([offer])
        return JSONResponse(service_shape.service(offer, provider(offer), hub_of(request), full=True))


@_list("/service_at_locations", "service_at_locations", "Services at locations, and at a distance", shown.AtLocationPage)
async def list_service_at_locations(
    request: Request,
    wanted: Paging,
    search: Search = None,
    term_id: TermId = None,
    taxonomy: TaxonomyId = None,
    organization_id: OrganizationId = None,
    modified_after: ModifiedAfter = None,
    full: Full = False,
    postcode: Postcode = None,
    proximity: Proximity = None,
) -> Response:
    """Services at locations by service; filters add up."""
    near, covering = point_of(postcode, proximity)
    async with reading(request) as work:
        providers = await providers_of(request, work, full=full)
        ours = _is_ours(providers, organization_id)
        asked = ServiceFilter(work.now.date(), search, None, organization_id, ours, moment_of(modified_after), near, covering)
        asked = await hsds.narrowed_service(work, asked, term_id, taxonomy)
        return await answer_list(request, hsds.AtLocations(work, asked, hub_of(request), providers, full), wanted)


@router.get(
    "/service_at_locations/{id}", name="hsds_read_service_at_location", responses=_found(shown.ServiceAtLocation), response_class=JSONResponse
)
async def read_service_at_location(request: Request, id: Id) -> Response:
    """One service at a location with all that is nested."""
    async with reading(request) as work:
        offer, mode = await hsds.offer_at(work, id)
        provider = await (await providers_of(request, work, full=True)).of([offer])
        return JSONResponse(service_shape.service_at_location(offer, mode, provider(offer), hub_of(request), full=True))


@_list("/organizations", "organizations", "Organizations of the registry", shown.OrganizationPage)
async def list_organizations(
    request: Request,
    wanted: Paging,
    search: Search = None,
    full_service: FullService = False,
    full: Full = False,
    term_id: TermId = None,
    taxonomy: TaxonomyId = None,
) -> Response:
    """Organizations by key; filters add up."""
    async with reading(request) as work:
        asked = await hsds.narrowed_organization(work, OrganizationFilter(work.now.date(), search), term_id, taxonomy)
        return await answer_list(request, hsds.Organizations(work, asked, hub_of(request), full, full_service), wanted)


@router.get("/organizations/{id}", name="hsds_read_organization", responses=_found(shown.Organization), response_class=JSONResponse)
async def read_organization(request: Request, id: Id, full_service: FullService = False) -> Response:
    """One organization with all that is nested; the id of one that was merged leads to the one it went into."""
    async with reading(request) as work:
        actor = await work.actors.get(id)
        if actor.archived:
            raise NoSuchRecord("There is no such record in the registry.")
        if actor.id != id:
            return RedirectResponse(f"{PREFIX}/organizations/{actor.id}", 308)
        source = hsds.Organizations(work, OrganizationFilter(work.now.date()), hub_of(request), True, full_service)
        (found,) = await source.shaped([actor])
        return JSONResponse(found)


@_list("/taxonomies", "taxonomies", "Taxonomies", shown.TaxonomyPage)
async def list_taxonomies(request: Request, wanted: Paging, search: Search = None) -> Response:
    """The taxonomies that services and organizations are described by."""
    records = [taxonomy_record(taxonomy) for taxonomy in Taxonomy]
    kept = [record for record in records if search is None or has_words(search, record["name"], record["description"])]
    return await answer_list(request, hsds.Listed(kept), wanted)


@router.get("/taxonomies/{id}", name="hsds_read_taxonomy", responses=_found(shown.TaxonomyRecord), response_class=JSONResponse)
async def read_taxonomy(id: Id) -> Response:
    """One taxonomy."""
    taxonomy = hsds.taxonomy_of(id)
    if taxonomy is None:
        raise NoSuchRecord("There is no such taxonomy.")
    return JSONResponse(taxonomy_record(taxonomy))


@_list("/taxonomy_terms", "taxonomy_terms", "Terms of the taxonomies", shown.TermPage)
async def list_taxonomy_terms(
    request: Request,
    wanted: Paging,
    search: Search = None,
    taxonomy: TaxonomyId = None,
    top_only: Annotated[bool, Query(description="true: only terms without a parent.")] = False,
    parent_id: Annotated[UUID | None, Query(description="Only terms right below this one.")] = None,
) -> Response:
    """Terms in the order of their codes; filters add up."""
    async with reading(request) as work:
        found = await hsds.terms(work)
    kept = [
        term_record(term)
        for term in found
        if (search is None or has_words(search, term.name, term.description))
        and (taxonomy is None or taxonomy_id(term.taxonomy) == taxonomy)
        and not (top_only and term.parent)
        and (parent_id is None or (term.parent is not None and term.parent.id == parent_id))
    ]
    return await answer_list(request, hsds.Listed(kept), wanted)


@router.get("/taxonomy_terms/{id}", name="hsds_read_taxonomy_term", responses=_found(shown.TermRecord), response_class=JSONResponse)
async def read_taxonomy_term(request: Request, id: Id) -> Response:
    """One term."""
    async with reading(request) as work:
        term = await hsds.term_of(work, id)
    if term is None:
        raise NoSuchRecord("There is no such taxonomy term.")
    return JSONResponse(term_record(term))
