"""What all rows of matching share: their registry, their base, the ledger, and the type of JSON columns."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import SQLModel

from chassis.tables import add_ledger, new_registry

registry = new_registry()
JsonValue = Any
"""A JSON column's value (Any: lists and objects, as the model's parts are)."""


class Base(SQLModel, registry=registry):
    """Base of this service's rows."""

    metadata = registry.metadata


ledger = add_ledger(registry.metadata)
Index("ix_audit_subject_id", ledger.audit.c.subject_id)
"""For the history of a case."""
