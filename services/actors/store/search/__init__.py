"""Searching the registry: what is kept of each record, and how it is found. One interface; each database has its own full-text index."""

from services.actors.store.search.finding import Finder, Hit
from services.actors.store.search.store import SearchStore

__all__ = ["Finder", "Hit", "SearchStore"]
