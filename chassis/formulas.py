"""Texts that a spreadsheet would run as a formula: disarmed when a table leaves, restored when our own import reads it back."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that begins so would be run as a formula by a spreadsheet."""
GUARD = "'"


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet runs: an apostrophe before what looks like a formula, also behind other apostrophes."""
    return GUARD + text if text.lstrip(GUARD).startswith(FORMULA) else text


def unguarded(cell: str) -> str:
    """The text that `guarded` was given."""
    return cell[1:] if cell.startswith(GUARD) and cell.lstrip(GUARD).startswith(FORMULA) else cell
