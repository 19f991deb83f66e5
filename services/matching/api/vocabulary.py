"""The codes that records may carry: categories, tags, topics, languages."""

from fastapi import APIRouter

from chassis.context import locale
from chassis.edge import HubRoute
from services.matching.schemas import CategoryRead, TagRead, TopicRead, VocabularyRead
from services.matching.vocabulary import LANGUAGES, hint, levels, load, name

router = APIRouter(prefix="/api/v1", route_class=HubRoute)


@router.get("/categories")
async def list_categories() -> list[CategoryRead]:
    """Every kind of help, a parent before its children, with names in the reader's language and in all."""
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
        )
        for each in load().categories.values()
    ]


@router.get("/vocabulary")
async def read_vocabulary() -> VocabularyRead:
    """Tags, topics and languages, with names in the reader's language."""
    language, words = locale(), load()
    return VocabularyRead(
        tags=[TagRead(code=tag.code, kind=tag.kind.value, name=name(tag.code, language)) for tag in words.tags.values()],
        topics=[
            TopicRead(code=topic.code, scale=topic.scale.value, levels=list(levels(topic.scale)), name=name(topic.code, language))
            for topic in words.topics.values()
        ],
        languages=list(LANGUAGES),
    )
