"""The demo city: a synthetic Grenoble with offers, cases and needs on the scale that the city has published for its own platform."""

from hubctl.demo.specs import AccountSpec, ActorSpec, CaseSpec, ClientSpec, NeedSpec, OfferSpec, Role, World
from hubctl.demo.world import demo_accounts, demo_clients, grenoble

__all__ = [
    "AccountSpec",
    "ActorSpec",
    "CaseSpec",
    "ClientSpec",
    "NeedSpec",
    "OfferSpec",
    "Role",
    "World",
    "demo_accounts",
    "demo_clients",
    "grenoble",
]
