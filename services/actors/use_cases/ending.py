"""How many records other periods would end, for the administrator who thinks of changing them."""

from datetime import datetime

from services.actors.work import Work


async def count_suggestions(work: Work, before: datetime) -> int:
    """Suggestions decided before that moment."""
    return await work.suggestions.count_decided(before)


PREVIEWS = {"suggestion_days": count_suggestions}
