"""In which state the open data are: a short word that changes with every change."""

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from services.actors.tables import TombstoneRow
from services.actors.tables.interchange import ROWS


async def stamp(session: AsyncSession) -> tuple[str, datetime | None]:
    """The word, and when the open data last changed.

    Each change raises a record's version, each removal leaves a tombstone, and a record that enters raises the count: whatever commits late
    changes the sums, although the latest moment may stay.
    """
    parts: list[str] = []
    latest: list[datetime] = []
    for row in ROWS:
        asked = select(func.count(), func.sum(row.version), func.max(row.updated_at))
        count, versions, changed = (await session.execute(asked)).one()
        parts.append(f"{row.__tablename__}:{count}:{int(versions or 0)}:{changed.isoformat() if changed else ''}")
        if changed:
            latest.append(changed)
    left = select(func.count(), func.max(col(TombstoneRow.removed_at)))
    count, removed = (await session.execute(left)).one()
    parts.append(f"tombstone:{count}:{removed.isoformat() if removed else ''}")
    if removed:
        latest.append(removed)
    return hashlib.sha256(";".join(parts).encode()).hexdigest()[:20], max(latest, default=None)
