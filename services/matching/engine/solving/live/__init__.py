"""The plan that stays optimal: one shortest augmenting path for each need or place that comes, goes or changes."""

from services.matching.engine.solving.live.plan import LivePlan as LivePlan
from services.matching.engine.solving.live.plan import NotInPlan as NotInPlan
