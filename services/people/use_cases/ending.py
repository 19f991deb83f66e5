"""How many records other periods would end, for the administrator who thinks of changing them."""

from datetime import datetime

from services.people.work import Work

MOST_COUNTED = 1000


async def count_invited(work: Work, before: datetime) -> int:
    """Accounts that never accepted an invitation of before that moment."""
    return len(await work.accounts.left_uninvited(before, MOST_COUNTED))


PREVIEWS = {"invited_days": count_invited}
