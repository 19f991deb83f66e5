"""The tables of actors. All of it is public: organisations, what they belong to, said and do, and the directory of open public offers."""

from services.actors.tables.base import Base, ledger
from services.actors.tables.directory import DirectoryOfferRow, SnapshotRow
from services.actors.tables.records import ActorRow, DeclarationRow, InitiativeRow, MembershipRow, ResourceRow

__all__ = ["ActorRow", "Base", "DeclarationRow", "DirectoryOfferRow", "InitiativeRow", "MembershipRow", "ResourceRow", "SnapshotRow", "ledger"]
