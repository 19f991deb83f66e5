"""First door of matching: HTTP in. Reads, calls one use case, shapes."""

from fastapi import APIRouter

from services.matching.api import cases, changes, matches, offers, rounds, vocabulary, weights

ROUTERS: list[APIRouter] = [vocabulary.router, offers.router, cases.router, changes.router, matches.router, rounds.router, weights.router]
"""All routes."""
