"""What the routes of matching share: the transaction, the caller, and shaping of values."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from chassis.edge import caller_of, edge_work, if_match
from chassis.identity import Caller
from services.matching.engine.types import Place, Reason, TimeWindow
from services.matching.use_cases.wording import worded
from services.matching.work import Work

InOneTransaction = Annotated[Work, Depends(edge_work)]
Who = Annotated[Caller, Depends(caller_of)]
Version = Annotated[int, Depends(if_match)]


def clock_text(minute: int) -> str:
    """Minutes after midnight as a clock shows them."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def windows_read(windows: tuple[TimeWindow, ...]) -> list[dict[str, int | str]]:
    """Weekly windows as they were sent."""
    return [{"day": each.day, "from": clock_text(each.from_minute), "to": clock_text(each.to_minute)} for each in windows]


def place_of(body: Any) -> Place | None:  # Any: a body with lat and lon, or None
    """A point as the model has it, rounded to two decimals: a case is only ever placed coarsely."""
    return Place(round(body.lat, 2), round(body.lon, 2)) if body is not None else None


def reason_read(reason: Reason) -> dict[str, Any]:  # Any: JSON
    """A reason in the reader's language."""
    return {"code": reason.code, "params": dict(reason.params), "text": worded(reason)}


def stored_reason(row: Any) -> Reason:  # Any: JSON as stored
    """A reason as it was stored."""
    return Reason(row["code"], tuple((name, value) for name, value in row["params"]))


def account_id(caller: Caller) -> UUID | None:
    """The caller's account, if they are a person."""
    return UUID(caller.id) if caller.kind == "account" and caller.id else None
