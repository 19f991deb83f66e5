"""Cells of tables: texts that no spreadsheet runs as a formula, numbers and lists in one spelling, so that reading gives back what was written."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chassis.formulas import guarded

DECIMALS = 15
"""Decimals of a coordinate that are written; our own import reads as many."""


def decimal_text(number: float) -> str:
    """A number without exponent, as short as it is exact, at most DECIMALS decimals."""
    exact = Decimal(repr(number))
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -DECIMALS:
        exact = round(exact, DECIMALS)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") or "0" if "." in text else text


def cell_text(value: Any) -> str:  # Any: a value of a record
    """A value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return decimal_text(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return guarded(";".join(str(part) for part in value))
    return guarded(str(value))


def moment_text(moment: datetime) -> str:
    """A moment as RFC 3339 with milliseconds, UTC."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def json_value(value: Any) -> Any:  # Any: a value of a record, and its JSON
    """A value as it stands in JSON."""
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [json_value(part) for part in value]
    if isinstance(value, dict):
        return {key: json_value(part) for key, part in value.items()}
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def cells_of(row: dict[str, Any], columns: Iterable[str]) -> list[str]:  # Any: values of a record
    """A row's cells, column by column."""
    return [cell_text(row.get(column)) for column in columns]
