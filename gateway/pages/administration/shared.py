"""What pages of administration share: the organisation that a form names."""

from gateway.clients import Listing
from gateway.pages.door import Visit
from gateway.pages.forms import Form
from gateway.pages.words import say as _


async def actor_of(visit: Visit, form: Form) -> str | None:
    """The id of the organisation that a form names by readable key or name; a fault when there is none, or more than one."""
    found: Listing = await visit.ask.registry.actors([("q", form.text("actor")[:100]), ("limit", "5")])
    wanted = form.text("actor").casefold()
    exact = [row for row in found.items if wanted in (row["slug"], row["id"], row["name"].casefold())]
    rows = exact or found.items
    if len(rows) == 1:
        return str(rows[0]["id"])
    form.wrong("actor", _("Name one organisation of the registry, as it is written there."))
    return None
