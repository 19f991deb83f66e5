"""First door: HTTP in; reads, calls one use case, shapes."""

from services.people.api import accounts, clients, contacts, erasures, internal, me, second_factor, sessions

ROUTERS = (
    accounts.router,
    sessions.router,
    second_factor.router,
    me.router,
    clients.router,
    clients.oauth,
    contacts.router,
    erasures.router,
    internal.router,
)
