"""The web pages: server-rendered, they work without JavaScript."""

from fastapi import APIRouter

from gateway.pages import admin, cases, changing, desk, lacking, lost, matches, me, offers, public, rounds, signing_in, weights
from gateway.pages.registry import actor, compare, confirmations, imports, network, network_asked, open_data
from gateway.pages.registry import actors as registry_actors

ROUTERS: list[APIRouter] = [
    public.router,
    actor.router,
    compare.router,
    confirmations.router,
    registry_actors.router,
    imports.router,
    network.router,
    network_asked.router,
    open_data.router,
    signing_in.router,
    lacking.router,
    changing.router,
    offers.router,
    matches.router,
    cases.router,
    desk.router,
    rounds.router,
    me.router,
    admin.router,
    weights.router,
    lost.router,
]
"""Every page's router, included by `gateway.app`; the last one catches what is lost."""
