"""First door: HTTP in; reads, calls one use case, shapes."""

from services.people.api import (
    accounts,
    clients,
    contacts,
    erasures,
    instance,
    internal,
    links,
    me,
    own_data,
    registrations,
    second_factor,
    sessions,
    suggesters,
)

ROUTERS = (
    accounts.router,
    registrations.router,
    sessions.router,
    second_factor.router,
    me.router,
    clients.router,
    clients.oauth,
    contacts.router,
    erasures.router,
    suggesters.router,
    instance.router,
    instance.internal,
    internal.router,
    links.router,
    links.inside,
    own_data.router,
)
