"""Whose public offers wait for a moderator: what the city chose, or what the environment says."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.matching.engine.types import Audience
from services.matching.model.offer import Provider, ProviderKind
from services.matching.store.offers import is_staff
from services.matching.work import Work


class Rule(StrEnum):
    """Who is read before the public."""

    EVERYBODY = "everybody"
    VOLUNTEERS = "volunteers"
    NEW = "new"
    NONE = "none"


async def must_wait(work: Work, audience: Audience, provider: Provider, texts: Iterable[Mapping[str, str] | None]) -> bool:
    """Whether an offer with these words waits. What coordinators enter, what is not public, and what trusted organisations offer never waits."""
    if is_staff(work.caller) or audience is not Audience.PUBLIC:
        return False
    if provider.kind is ProviderKind.ACTOR and str(provider.id) in await work.chosen("trusted_actors", list[str]()):
        return False
    held: list[str] = await work.chosen("held_words", list[str]())
    words = " ".join(text for each in texts for text in (each or {}).values()).casefold()
    if any(word in words for word in held):
        return True
    rule = await work.chosen("moderation", str(Rule.VOLUNTEERS if work.settings.moderate_volunteers else Rule.NONE))
    if rule == Rule.NEW:
        return not await work.offers.has_approved(provider)
    return rule == Rule.EVERYBODY or (rule == Rule.VOLUNTEERS and provider.kind is ProviderKind.ACCOUNT)
