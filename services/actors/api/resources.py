"""Routes of the archive: reports, articles, books and pages."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.edge import HubRoute
from chassis.paging import Page
from services.actors.api.caching import unchanged
from services.actors.api.common import InOneTransaction, OfActor, OfTheme, RecordId, Version, Words, id_of
from services.actors.api.listing import AskedList, lists_fixed
from services.actors.api.shaping import Shaped, one
from services.actors.model.search import Sought
from services.actors.model.texts import language_tag
from services.actors.model.vocabulary import FIRST_YEAR, LAST_YEAR, ResourceKind
from services.actors.schemas.fields import LANGUAGE_PATTERN
from services.actors.schemas.parts import ArchiveLanguagesRead, ResourceCreate, ResourceRead, ResourceUpdate
from services.actors.store import parts as stored
from services.actors.store.facets import archive_languages
from services.actors.use_cases import parts
from services.actors.work import Work

router = APIRouter(prefix="/api/v1", route_class=HubRoute, tags=["registry"])
InLanguage = Annotated[
    str | None,
    Query(
        max_length=35, pattern=LANGUAGE_PATTERN, examples=["fr"],
        description="Only in this language (BCP 47); `fr` meets `fr-CH` too, `und` those of which nobody told the language.",
    ),
]  # fmt: skip


@router.get("/resources", response_model=Page[ResourceRead])
async def list_resources(
    asked: AskedList,
    actor: Annotated[OfActor, Query(description="Only those that name this actor: UUID or readable key.")] = None,
    theme: OfTheme = None,
    kind: Annotated[ResourceKind | None, Query(description="Only of this kind.")] = None,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR, description="Only of this year.")] = None,
    language: InLanguage = None,
    q: Words = None,
) -> Any:  # Any: FastAPI shapes it
    """Reports, articles, books and pages, by title. For everybody."""

    async def wanted(work: Work) -> stored.Conditions:
        found = stored.of_resource(await id_of(work, actor), theme, kind, year, language and language_tag(language))
        return found if q is None else [*found, await work.finder.having(Sought.RESOURCE, work.resources.row.id, q)]

    return await asked.answer(lambda work: work.resources, wanted)


@router.get("/archive-languages", response_model=ArchiveLanguagesRead)
async def list_archive_languages(request: Request, response: Response, work: InOneTransaction) -> Any:  # Any: as above
    """The languages of the archive, the most frequent first, and of how many resources nobody told one (`und`). For everybody."""
    if (same := await unchanged(request, response, work)) is not None:
        return same
    return {"items": [{"language": one.value, "count": one.count} for one in await archive_languages(work.session)]}


@router.post("/resources", status_code=201, response_model=ResourceRead)
async def record_resource(body: ResourceCreate, work: InOneTransaction) -> Shaped:
    """Record a resource. For the registry's editors."""
    return await one(work, await parts.record_resource(work, lists_fixed(body.model_dump(exclude={"slug"})), body.slug))


@router.get("/resources/{resource_id}", response_model=ResourceRead)
async def read_resource(resource_id: RecordId, work: InOneTransaction) -> Shaped:
    """One resource. For everybody."""
    return await one(work, await work.resources.get(resource_id))


@router.patch("/resources/{resource_id}", response_model=ResourceRead)
async def change_resource(resource_id: RecordId, body: ResourceUpdate, version: Version, work: InOneTransaction) -> Shaped:
    """Change a resource. For the registry's editors."""
    changes = lists_fixed(body.model_dump(exclude_unset=True))
    record = await parts.change_record(work, work.resources, resource_id, version, changes)
    return await one(work, record)


@router.delete("/resources/{resource_id}", status_code=204)
async def remove_resource(resource_id: RecordId, version: Version, work: InOneTransaction) -> None:
    """Remove a resource. For the registry's editors."""
    await parts.remove_record(work, work.resources, resource_id, version)
