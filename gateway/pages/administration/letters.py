"""Events that a part of the hub could not handle: once more, or given up with a reason."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.forms import Form
from gateway.pages.words import WORDS, choices
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)
Service = Annotated[str, Path(pattern="^(actors|people|matching|notifications)$")]


@router.get("/admin/letters")
async def list_letters(visit: Here) -> Response:
    """What each service could not handle."""
    return await _page(visit, Form())


@router.post("/admin/letters/{service}/{letter_id}/replay")
async def replay_letter(visit: Here, service: Service, letter_id: UUID) -> Response:
    """Handle it once more."""
    form = await visit.form()
    if await visit.try_(form, visit.ask.upkeep.mend(service, f"/dead-letters/{letter_id}/replay")) is None:
        return await _page(visit, Form(faults=form.faults), 409)
    return visit.go("/admin/letters", "letter-replayed")


@router.post("/admin/letters/{service}/{letter_id}/drop")
async def drop_letter(visit: Here, service: Service, letter_id: UUID) -> Response:
    """Give it up."""
    form = await visit.form()
    visit.asker.require("PATCH", "/api/v1/instance/settings")
    if form.text("reason") not in WORDS["drop_reason"]:
        form.wrong("", _("Choose why it is given up."))
    if await visit.try_(form, visit.ask.upkeep.mend(service, f"/dead-letters/{letter_id}/drop", {"reason": form.text("reason")})) is None:
        return await _page(visit, Form(faults=form.faults), 422)
    return visit.go("/admin/letters", "letter-dropped")


async def _page(visit: Visit, form: Form, status: int = 200) -> Response:
    found = await visit.ask.upkeep.all("/dead-letters")
    return visit.page("administration/letters.html", status, services=found, form=form, reasons=choices("drop_reason"))
