"""The base of this service's rows, and the tables that every service has."""

from sqlmodel import SQLModel

from chassis.tables import add_ledger, new_registry

registry = new_registry()


class Base(SQLModel, registry=registry):
    """Base of this service's rows."""

    metadata = registry.metadata


ledger = add_ledger(registry.metadata)
