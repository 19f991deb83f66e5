"""Which kinds of help this city offers: shown to everybody, chosen by administrators. No kind is made here: the vocabulary is reviewed as a file."""

from dataclasses import replace
from typing import Any

from chassis.errors import Forbidden, NotFound, PreconditionFailed, invalid_field
from services.matching.model.categories import Shown, is_offered, shown
from services.matching.vocabulary import load
from services.matching.work import Work


class NoSuchCategory(NotFound):
    """The vocabulary holds no such kind of help."""


class OnlyForAdministrators(Forbidden):
    """Kinds of help are chosen by administrators."""


async def list_categories(work: Work) -> list[Shown]:
    """Every kind of help as this city shows it."""
    return shown(load().categories, await work.categories.choices())


async def change_category(work: Work, code: str, version: int, changes: dict[str, Any]) -> Shown:  # Any: values of many types
    """Switch it off or on, give it names of one's own, a place in the order, another picture. Raises NoSuchCategory, PreconditionFailed, Invalid."""
    if work.caller.kind != "account" or work.caller.role != "admin":
        raise OnlyForAdministrators("Kinds of help are chosen by administrators.")
    rows = {row.category.code: row for row in await list_categories(work)}
    if code not in rows:
        raise NoSuchCategory("There is no such kind of help.")
    before = rows[code].choice
    if before.version != version:
        raise PreconditionFailed("Somebody changed this in the meantime; read it again.")
    icon = changes.get("icon")
    if icon is not None and icon not in {row.category.code for row in rows.values() if row.category.parent is None}:
        raise invalid_field("/icon", "unknown_icon", "Choose a picture of the list.")
    await work.categories.save(replace(before, version=version + 1, **changes), version, work.now)
    await work.audit.record("category.changed", "category", code, offered=changes.get("offered", before.offered))
    return next(row for row in await list_categories(work) if row.category.code == code)


async def require_offered(work: Work, pointer: str, code: str) -> None:
    """What the city switched off cannot be chosen for something new; what exists goes on. Raises Invalid."""
    if not is_offered(code, load().categories, await work.categories.choices()):
        raise invalid_field(pointer, "not_offered_here", "This city does not take this kind of help. Choose another one.")
