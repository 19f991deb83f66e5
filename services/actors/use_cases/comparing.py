"""Put a city's practices, themes, networks, declarations, places and quality together, so that cities can be read side by side."""

from collections import Counter
from typing import Any

from chassis.paging import MAX_LIMIT, PageRequest
from services.actors.model.quality import quality_of
from services.actors.model.records import Actor, ActorRef
from services.actors.store import parts as stored
from services.actors.work import Work

MOST = PageRequest(MAX_LIMIT, None)
"""At most 200 records of each kind are compared."""


async def city(work: Work, actor: Actor) -> dict[str, Any]:  # Any: fields of many types
    """What the comparison shows of an organisation."""
    today = work.now.date()
    practices = (await work.practices.page(MOST, stored.of_practice(actor.id, None, None))).items
    initiatives = (await work.initiatives.page(MOST, stored.of_initiative(actor.id, None))).items
    memberships = (await work.memberships.page(MOST, stored.of_membership(None, actor.id, None, None))).items
    declarations = (await work.declarations.page(MOST, stored.of_declaration(actor.id, None, None, None))).items
    capacities = (await work.capacities.page(MOST, stored.of_capacity(actor.id, None, None, today))).items
    networks = await work.actors.refs(membership.network_id for membership in memberships)
    themes = Counter(theme.value for initiative in initiatives for theme in initiative.themes)
    places: Counter[str] = Counter()
    for capacity in capacities:
        places[capacity.purpose.value] += capacity.places
    return {
        "actor": ActorRef(actor.id, actor.slug, actor.kind, actor.name), "kind": actor.kind, "country": actor.country,
        "population": actor.population, "quality": quality_of(actor, today).score, "practices": practices,
        "themes": dict(sorted(themes.items())), "networks": sorted(networks.values(), key=lambda ref: (ref.name, ref.slug)),
        "declarations": declarations, "capacity": dict(sorted(places.items())),
    }  # fmt: skip
