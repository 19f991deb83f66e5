"""The codes that records may carry: categories, tags, topics, languages; and which categories this city offers."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from chassis.context import locale
from chassis.edge import HubRoute, if_match
from services.matching.api.common import InOneTransaction
from services.matching.model.categories import Shown
from services.matching.schemas import CategoryRead, CategoryUpdate, TagRead, TopicRead, VocabularyRead
from services.matching.use_cases import categories
from services.matching.vocabulary import LANGUAGES, hint, levels, load, name

router = APIRouter(prefix="/api/v1", route_class=HubRoute)
Code = Annotated[str, Path(max_length=60, pattern=r"^[a-z_]+(\.[a-z_]+)*$")]


def _category(row: Shown) -> CategoryRead:
    each, choice = row.category, row.choice
    return CategoryRead(
        code=each.code,
        version=choice.version,
        parent=each.parent,
        unit=each.unit.value,
        returns=each.returns,
        name=row.name(locale()),
        hint=hint(each.code, locale()),
        names=row.names,
        hints=dict(each.hints),
        offered=row.offered,
        switched_off=not choice.offered,
        own_names=dict(choice.names),
        place=choice.place,
        icon=choice.icon,
    )


@router.get("/categories")
async def list_categories(work: InOneTransaction) -> list[CategoryRead]:
    """Every kind of help, a parent before its children, in the city's order, with names and hints in the reader's language and in all. What is
    not offered here any more is there too, for what was posted before. For everybody."""
    return [_category(row) for row in await categories.list_categories(work)]


@router.patch("/categories/{code}")
async def change_category(code: Code, body: CategoryUpdate, version: Annotated[int, Depends(if_match)], work: InOneTransaction) -> CategoryRead:
    """Switch a kind of help off or on, give it a name, a place and a picture of the city's own: for administrators."""
    changes = body.model_dump(exclude_unset=True)
    return _category(await categories.change_category(work, code, version, changes))


@router.get("/vocabulary")
async def read_vocabulary(work: InOneTransaction) -> VocabularyRead:
    """Categories, tags, topics and languages, with names in the reader's language and in all. For everybody."""
    language, words = locale(), load()
    return VocabularyRead(
        categories=[_category(row) for row in await categories.list_categories(work)],
        tags=[TagRead(code=tag.code, kind=tag.kind.value, name=name(tag.code, language), names=dict(tag.names)) for tag in words.tags.values()],
        topics=[
            TopicRead(
                code=topic.code, scale=topic.scale.value, levels=list(levels(topic.scale)), name=name(topic.code, language), names=dict(topic.names)
            )
            for topic in words.topics.values()
        ],
        languages=list(LANGUAGES),
    )
