"""What the city chose for its hub, as each service keeps it: one row, replaced by newer news of `people`, read when it is needed.

Whatever was never chosen is what the environment says, so a changed setting holds from the next request on, without a restart.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.tables import Ledger

THE_ROW = 1

Choices = dict[str, Any]
"""Name of a setting -> what was chosen (Any: numbers, words, lists; contracts.instance says which)."""


async def read_choices(session: AsyncSession, ledger: Ledger) -> Choices:
    """All that was chosen; empty before the first choice."""
    table = ledger.instance
    state: Choices | None = (await session.execute(select(table.c.state).where(table.c.id == THE_ROW))).scalar()
    return {name: value for name, value in (state or {}).items() if value is not None}


async def read_version(session: AsyncSession, ledger: Ledger, *, to_write: bool = False) -> int:
    """The version of what was chosen; 0 before the first choice. `to_write` keeps the row for this transaction."""
    query = select(ledger.instance.c.version).where(ledger.instance.c.id == THE_ROW)
    return int((await session.execute(query.with_for_update() if to_write else query)).scalar() or 0)


async def write_choices(session: AsyncSession, ledger: Ledger, version: int, state: Choices, now: datetime) -> bool:
    """Keep a newer state; answers whether it was one."""
    table = ledger.instance
    known = await read_version(session, ledger, to_write=True)
    if version <= known:
        return False
    values = {"version": version, "state": state, "updated_at": now}
    if known:
        await session.execute(update(table).where(table.c.id == THE_ROW, table.c.version == known).values(**values))
    else:
        await session.execute(insert(table).values(id=THE_ROW, **values))
    return True
