"""Pages about the hub itself: how matching works, privacy, accessibility, imprint; what the city chose fills them, what is missing is named."""

from collections.abc import Mapping

from fastapi import APIRouter, Response

from gateway.clients.asking import Record
from gateway.instance import Instance
from gateway.pages.charts import bars_of
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.open_doors import Doors, open_doors
from gateway.pages.quietly import quietly
from gateway.pages.words import label
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
STATEMENT_DAY = "2026-11-21"
"""When the accessibility statement was last looked over."""
NOTICE_DAY = "2026-11-21"
"""When the privacy notice was last looked over."""
NOTHING: Record = {}


@router.get("/matching-explained")
async def explain_matching(visit: Here) -> Response:
    """How offers and needs are paired, with the weights in use, a picture of them and an example worked by the real definition."""
    found = await quietly(visit.ask.weights.presets(), NOTHING)
    preset = next((row for row in found.get("items", []) if row["in_use"]), None)
    example = await quietly(visit.ask.weights.example(preset["version"]), None) if preset else None
    chart = bars_of([(label("part", part["name"]), [part["weight"]]) for part in preset["explained"]]) if preset else None
    return visit.page("matching_explained.html", preset=preset, example=example, chart=chart)


@router.get("/privacy")
async def tell_privacy(visit: Here) -> Response:
    """What is kept of whom, why, how long, and who sees it; one's rights, and how to use them."""
    doors = await open_doors(visit)
    return visit.page("privacy.html", periods=periods_of(_instance(visit), doors), doors=doors, looked_over=NOTICE_DAY)


@router.get("/accessibility")
async def tell_accessibility(visit: Here) -> Response:
    """How well these pages can be used, how that was tested, and whom to tell otherwise; in the form of the European model statement."""
    return visit.page("accessibility.html", looked_over=STATEMENT_DAY)


@router.get("/imprint")
async def tell_imprint(visit: Here) -> Response:
    """Who answers for the hub."""
    return visit.page("imprint.html", missing=missing_of(_instance(visit)))


def _instance(visit: Visit) -> Instance:
    now = visit.instance
    return now


def periods_of(instance: Instance, doors: Doors) -> Mapping[str, int]:
    """How many days what is kept, where it is known: what the city chose, else what the services say."""
    known = {
        "ask_days": doors.ask_days,
        "need_days": doors.need_days,
        "closed_case_days": doors.closed_case_days,
        "register_days": doors.register_days,
    }
    names = ("invited_days", "message_days", "suggestion_days", "audit_days")
    chosen = {name: instance.chosen.get(name) for name in names}
    return {name: days for name, days in {**known, **chosen}.items() if isinstance(days, int)}


def missing_of(instance: Instance) -> list[str]:
    """What the city has not said yet and every reader is owed, in words."""
    asked = {
        "publisher": _("Who answers for the hub"),
        "publisher_address": _("Postal address"),
        "office_email": _("E-mail address of the office"),
        "accessibility_email": _("Whom to write to when a page does not work"),
        "data_protection_email": _("Data protection officer"),
        "supervisor": _("Authority that hears complaints about data protection"),
    }
    return [words for name, words in asked.items() if not getattr(instance, name)]
