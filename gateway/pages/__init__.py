"""The web pages: server-rendered, they work without JavaScript."""

from fastapi import APIRouter

from gateway.pages import admin, cases, desk, lost, matches, me, offers, public, rounds, signing_in

ROUTERS: list[APIRouter] = [
    public.router,
    signing_in.router,
    offers.router,
    matches.router,
    cases.router,
    desk.router,
    rounds.router,
    me.router,
    admin.router,
    lost.router,
]
"""Every page's router, included by `gateway.app`; the last one catches what is lost."""
