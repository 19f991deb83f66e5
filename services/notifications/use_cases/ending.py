"""How many records other periods would end, for the administrator who thinks of changing them."""

from datetime import datetime

from services.notifications.work import Work


async def count_messages(work: Work, before: datetime) -> int:
    """Records of mails from before that moment."""
    return await work.mails.count_before(before)


PREVIEWS = {"message_days": count_messages}
