"""The web pages: server-rendered, they work without JavaScript."""

from fastapi import APIRouter

from gateway.pages import (
    about,
    admin,
    asking,
    bulk,
    case_view,
    cases,
    changing,
    desk,
    finding,
    following,
    lacking,
    leaving,
    lost,
    matches,
    me,
    needs,
    offering,
    offers,
    public,
    rounds,
    signing_in,
    taking,
    weights,
)
from gateway.pages import moderation as offer_moderation
from gateway.pages.administration import look
from gateway.pages.registry import actor, compare, confirmations, imports, moderation, network, network_asked, open_data, suggest
from gateway.pages.registry import actors as registry_actors
from gateway.pages.registry import map as registry_map

ROUTERS: list[APIRouter] = [
    look.router,
    public.router,
    finding.router,
    about.router,
    leaving.router,
    asking.router,
    offering.router,
    taking.router,
    suggest.router,
    moderation.router,
    actor.router,
    compare.router,
    confirmations.router,
    registry_actors.router,
    imports.router,
    registry_map.router,
    network.router,
    network_asked.router,
    open_data.router,
    signing_in.router,
    lacking.router,
    changing.router,
    offers.router,
    offer_moderation.router,
    following.router,
    bulk.router,
    matches.router,
    cases.router,
    case_view.router,
    desk.router,
    needs.router,
    rounds.router,
    me.router,
    admin.router,
    weights.router,
    lost.router,
]
"""Every page's router, included by `gateway.app`; the last one catches what is lost."""
