"""The tables of actors. All of it is public: organisations, what they belong to, said and do, and the directory of open public offers."""

from services.actors.tables.base import Base, ledger
from services.actors.tables.directory import DirectoryOfferRow, SnapshotRow
from services.actors.tables.provenance import ActorIdentifierRow, CapacityRow, ConfirmationRow, HistoryRow, PracticeRow, TombstoneRow
from services.actors.tables.records import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow

__all__ = [
    "ActorIdentifierRow",
    "ActorRow",
    "Base",
    "CapacityRow",
    "ConfirmationRow",
    "DeclarationRow",
    "DirectoryOfferRow",
    "HistoryRow",
    "InitiativeRow",
    "MembershipRow",
    "PracticeRow",
    "ResourceRow",
    "SnapshotRow",
    "TombstoneRow",
    "ledger",
]
