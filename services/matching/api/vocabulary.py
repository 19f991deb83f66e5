"""The codes that records may carry: categories, tags, topics, languages."""

from fastapi import APIRouter

from chassis.context import locale
from chassis.edge import HubRoute
from services.matching.schemas import CategoryRead, TagRead, TopicRead, VocabularyRead
from services.matching.vocabulary import LANGUAGES, hint, levels, load, name

router = APIRouter(prefix="/api/v1", route_class=HubRoute)


@router.get("/categories")
async def list_categories() -> list[CategoryRead]:
    """Every kind of help, a parent before its children, with names and hints in the reader's language and in all. For everybody."""
    return _categories()


def _categories() -> list[CategoryRead]:
    language = locale()
    return [
        CategoryRead(
            code=each.code,
            parent=each.parent,
            unit=each.unit.value,
            returns=each.returns,
            name=name(each.code, language),
            hint=hint(each.code, language),
            names=dict(each.names),
            hints=dict(each.hints),
        )
        for each in load().categories.values()
    ]


@router.get("/vocabulary")
async def read_vocabulary() -> VocabularyRead:
    """Categories, tags, topics and languages, with names in the reader's language and in all. For everybody."""
    language, words = locale(), load()
    return VocabularyRead(
        categories=_categories(),
        tags=[TagRead(code=tag.code, kind=tag.kind.value, name=name(tag.code, language), names=dict(tag.names)) for tag in words.tags.values()],
        topics=[
            TopicRead(
                code=topic.code, scale=topic.scale.value, levels=list(levels(topic.scale)), name=name(topic.code, language), names=dict(topic.names)
            )
            for topic in words.topics.values()
        ],
        languages=list(LANGUAGES),
    )
