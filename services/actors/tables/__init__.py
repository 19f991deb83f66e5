"""The tables of actors. All of it is public: organisations, what they belong to, said and do, and the directory of open public offers."""

from services.actors.tables.base import Base, ledger
from services.actors.tables.directory import DirectoryOfferRow, SnapshotRow
from services.actors.tables.graph import GraphCommunityRow, GraphDrawingRow, GraphPositionRow
from services.actors.tables.interchange import CHANGES
from services.actors.tables.provenance import ActorIdentifierRow, CapacityRow, ConfirmationRow, HistoryRow, PracticeRow, TombstoneRow
from services.actors.tables.records import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow
from services.actors.tables.search import (
    FormerNameRow,
    RegistryRevisionRow,
    SavedSearchRow,
    SearchEntryRow,
    SearchGramRow,
    SearchMovedRow,
    SearchTermRow,
)

__all__ = [
    "CHANGES",
    "ActorIdentifierRow",
    "ActorRow",
    "Base",
    "CapacityRow",
    "ConfirmationRow",
    "DeclarationRow",
    "DirectoryOfferRow",
    "FormerNameRow",
    "GraphCommunityRow",
    "GraphDrawingRow",
    "GraphPositionRow",
    "HistoryRow",
    "InitiativeRow",
    "MembershipRow",
    "PracticeRow",
    "RegistryRevisionRow",
    "ResourceRow",
    "SavedSearchRow",
    "SearchEntryRow",
    "SearchGramRow",
    "SearchMovedRow",
    "SearchTermRow",
    "SnapshotRow",
    "TombstoneRow",
    "ledger",
]
