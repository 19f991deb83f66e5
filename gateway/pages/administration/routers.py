"""Every router of the pages of administration."""

from fastapi import APIRouter

from gateway.pages.administration import (
    audit,
    categories,
    clients,
    exchange,
    health,
    letters,
    look,
    messages,
    overview,
    people,
    settings,
    webhooks,
    weights,
)

ROUTERS: tuple[APIRouter, ...] = (
    look.router,
    overview.router,
    settings.router,
    people.router,
    clients.router,
    webhooks.router,
    messages.router,
    letters.router,
    audit.router,
    health.router,
    exchange.router,
    weights.router,
    categories.router,
)
