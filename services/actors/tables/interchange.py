"""Indexes for readers who keep a copy: every table in the order of its changes."""

from sqlalchemy import Index
from sqlmodel import col

from services.actors.tables.directory import DirectoryOfferRow
from services.actors.tables.provenance import CapacityRow, PracticeRow
from services.actors.tables.records import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow

ROWS = (ActorRow, MembershipRow, DeclarationRow, InitiativeRow, ResourceRow, CapacityRow, PracticeRow, DirectoryOfferRow)
CHANGES = tuple(Index(f"ix_{row.__tablename__}_changes", col(row.updated_at), col(row.id)) for row in ROWS)
"""One for each table."""
