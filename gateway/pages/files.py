"""Files that a page gives: how a table becomes a file for a spreadsheet, and what its answer says of itself."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi import Response

from chassis.formulas import guarded

BOM = "\ufeff"
"""The mark by which spreadsheets recognise UTF-8."""


def csv_file(
    name: str, head: Sequence[str], rows: Iterable[Sequence[object]], *, cache: str = "no-store", described_by: str | None = None
) -> Response:
    """A table as CSV (RFC 4180, UTF-8 with a byte order mark). No text is a cell that a spreadsheet would run; None is an empty cell.
    `described_by` is the address of a text about it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": cache, "X-Content-Type-Options": "nosniff"}
    if described_by:
        headers["Link"] = f'<{described_by}>; rel="describedby"; type="text/plain"'
    return Response(BOM + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(value: object) -> object:
    # A dash by itself says "none" and runs nothing.
    return guarded(value) if isinstance(value, str) and value != "-" else value
