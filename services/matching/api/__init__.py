"""First door of matching: HTTP in. Reads, calls one use case, shapes."""

from fastapi import APIRouter

from services.matching.api import (
    answers,
    asks,
    cases,
    changes,
    desk,
    matches,
    needs,
    offers,
    own_data,
    questions,
    results,
    rounds,
    scarcity,
    statistics,
    vocabulary,
    weights,
)

ROUTERS: list[APIRouter] = [
    each.router
    for each in (
        vocabulary,
        offers,
        asks,
        cases,
        needs,
        changes,
        matches,
        rounds,
        scarcity,
        statistics,
        weights,
        questions,
        results,
        answers,
        desk,
        own_data,
    )
]
"""All routes."""
