"""Makes the demo city, a synthetic Grenoble: 400 offers of residents and associations, and 300 needs in 170 cases, the same for the same day.

The scale is the published one: the city's platform gathered 350 offers in its first ten months. Nobody in it exists: account and
association names end in "(demo)", addresses lie under demo.example and example.org, and `World.synthetic` says so to programs.
"""

from datetime import date
from random import Random

from hubctl.demo import people
from hubctl.demo.cases import cases_and_needs
from hubctl.demo.offers import offers
from hubctl.demo.specs import AccountSpec, ClientSpec, Role, World

# The year in which the platform of Grenoble began.
SEED = 2015


def grenoble(today: date) -> World:
    """The whole world as of a day, which all its dates are relative to."""
    accounts = people.accounts()
    recorders = tuple(account.key for account in accounts if account.role is Role.COORDINATOR)
    cases, needs = cases_and_needs(Random(SEED + 1), today, recorders)
    return World(people.actors(), accounts, people.clients(), offers(Random(SEED), today), cases, needs)


def demo_accounts() -> tuple[AccountSpec, ...]:
    """The accounts that somebody who tries the demo signs in with, one per role and a second member; passwords are made at run time."""
    return tuple(account for account in people.accounts() if account.signs_in)


def demo_clients() -> tuple[ClientSpec, ...]:
    """The API clients that the demo hands out; secrets are made at run time."""
    return people.clients()
