"""How many records other periods would end, for the administrator who thinks of changing them."""

from datetime import datetime

from services.matching.work import Work

MOST_COUNTED = 1000


async def count_old_needs(work: Work, before: datetime) -> int:
    """Open needs posted before that moment."""
    return len(await work.needs.long_open(before, MOST_COUNTED))


async def count_closed_cases(work: Work, before: datetime) -> int:
    """Cases closed before that moment that still hold a household."""
    return len(await work.cases.to_blank(before, MOST_COUNTED))


PREVIEWS = {"need_days": count_old_needs, "closed_case_days": count_closed_cases}
