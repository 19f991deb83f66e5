"""The rows of matching: offers, cases under codes, needs, proposals, matches, rounds, and what it knows of actors and accounts."""

from services.matching.tables.asks import AskFeedbackRow, AskMessageRow, AskRow, AskTryRow
from services.matching.tables.base import Base, JsonValue, ledger, registry
from services.matching.tables.cases import CaseRow, CaseShareRow, NeedRow, ProposalRow
from services.matching.tables.known import ChangeRow, FollowedMergeRow, KnownAccountRow, KnownActorRow
from services.matching.tables.matches import MatchRow, QuestionRow
from services.matching.tables.offers import CategoryChoiceRow, ImportedOfferRow, OfferRow
from services.matching.tables.rounds import OfferPriceRow, RoundRow, ScarcityRow, WeightsRow
from services.matching.tables.statistics import PublishedQuarterRow, StatisticDayRow, StatisticRow

__all__ = [
    "AskFeedbackRow",
    "AskMessageRow",
    "AskRow",
    "AskTryRow",
    "Base",
    "CaseRow",
    "CaseShareRow",
    "CategoryChoiceRow",
    "ChangeRow",
    "FollowedMergeRow",
    "ImportedOfferRow",
    "JsonValue",
    "KnownAccountRow",
    "KnownActorRow",
    "MatchRow",
    "NeedRow",
    "OfferPriceRow",
    "OfferRow",
    "ProposalRow",
    "PublishedQuarterRow",
    "QuestionRow",
    "RoundRow",
    "ScarcityRow",
    "StatisticDayRow",
    "StatisticRow",
    "WeightsRow",
    "ledger",
    "registry",
]
