"""The tables of actors. All of it is public: organisations, what they belong to, said and do, and the directory of open public offers."""

from services.actors.tables.base import Base, ledger
from services.actors.tables.directory import DirectoryOfferRow, SnapshotRow
from services.actors.tables.graph import GraphCommunityRow, GraphDrawingRow, GraphPositionRow
from services.actors.tables.imports import ImportedServiceRow, ImportFileRow, ImportJobRow, ImportLineRow, ImportSourceRow
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
from services.actors.tables.suggestions import (
    ClaimRow,
    DuplicateKeyRow,
    DuplicatePairRow,
    DuplicateSeenRow,
    MergeRow,
    SuggestionAskRow,
    SuggestionRow,
)

__all__ = [
    "CHANGES",
    "ActorIdentifierRow",
    "ActorRow",
    "Base",
    "CapacityRow",
    "ClaimRow",
    "ConfirmationRow",
    "DeclarationRow",
    "DirectoryOfferRow",
    "DuplicateKeyRow",
    "DuplicatePairRow",
    "DuplicateSeenRow",
    "FormerNameRow",
    "GraphCommunityRow",
    "GraphDrawingRow",
    "GraphPositionRow",
    "HistoryRow",
    "ImportFileRow",
    "ImportJobRow",
    "ImportLineRow",
    "ImportSourceRow",
    "ImportedServiceRow",
    "InitiativeRow",
    "MembershipRow",
    "MergeRow",
    "PracticeRow",
    "RegistryRevisionRow",
    "ResourceRow",
    "SavedSearchRow",
    "SearchEntryRow",
    "SearchGramRow",
    "SearchMovedRow",
    "SearchTermRow",
    "SnapshotRow",
    "SuggestionAskRow",
    "SuggestionRow",
    "TombstoneRow",
    "ledger",
]
