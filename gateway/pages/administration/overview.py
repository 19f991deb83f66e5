"""The first page of administration: every part that is open to the visitor, in groups that say what one wants to do."""

from dataclasses import dataclass

from fastapi import APIRouter, Response

from gateway.pages.administration.spec import SECTIONS
from gateway.pages.door import Here, PageRoute, Visit
from gateway.pages.words import say as _

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its address, its name, and what it is for."""

    path: str
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Group:
    """Parts under one heading."""

    title: str
    parts: list[Part]


@router.get("/admin")
async def see_administration(visit: Here) -> Response:
    """Where the parts of administration are."""
    groups = [group for group in _groups(visit) if group.parts]
    if not groups:
        visit.asker.require("GET", "/api/v1/clients")
    return visit.page("administration/overview.html", groups=groups)


def _groups(visit: Visit) -> list[Group]:
    settings = visit.may("PATCH", "/api/v1/instance/settings")

    def open_to(*rows: tuple[str, str, str, str, str]) -> list[Part]:
        return [Part(path, name, about) for method, route, path, name, about in rows if visit.may(method, route)]

    hub = [Part(f"/admin/settings/{section.code}", _(section.title), _(section.about)) for section in SECTIONS] if settings else []
    return [
        Group(_("The hub"), hub),
        Group(
            _("People and partners"),
            open_to(
                ("GET", "/api/v1/invitations", "/admin/people", _("People"), _("Accounts, roles and invitations.")),
                ("GET", "/api/v1/clients", "/admin/clients", _("Partners' systems"), _("API clients and what they may do.")),
                ("PATCH", "/api/v1/instance/settings", "/admin/webhooks", _("Webhooks"), _("Addresses that are told when something happens.")),
            ),
        ),
        Group(
            _("Matching"),
            open_to(
                ("PATCH", "/api/v1/instance/settings", "/admin/categories", _("Kinds of help"), _("Which are offered, under which names.")),
                ("POST", "/api/v1/weights", "/admin/weights", _("Weights"), _("What makes one offer come before another.")),
            ),
        ),
        Group(
            _("Running"),
            open_to(
                ("PATCH", "/api/v1/instance/settings", "/admin/health", _("Health"), _("Whether every part works, and what to do if not.")),
                ("GET", "/api/v1/messages", "/admin/messages", _("Messages sent"), _("Mails that went out, and those that did not.")),
                ("PATCH", "/api/v1/instance/settings", "/admin/letters", _("Events not handled"), _("What a part of the hub could not read.")),
                ("GET", "/api/v1/audit", "/admin/audit", _("Audit trail"), _("Who did what, and when.")),
            ),
        ),
        Group(
            _("In and out"),
            open_to(
                ("PATCH", "/api/v1/instance/settings", "/admin/exchange", _("Import and export"), _("Bring data in, take them out, move house."))
            ),
        ),
    ]
