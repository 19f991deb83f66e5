"""Generalised assignment instances by the published recipes: types A to D (Chu, Beasley 1997) and E (Laguna, Kelly, Gonzalez-Velarde, Glover 1995;
sizes as Yagiura, Ibaraki, Glover 2006)."""

import numpy as np

from services.matching.engine.solving.instance import Instance, Ints

LARGE = (
    *(("C", agents, jobs) for agents, jobs in ((20, 400), (40, 400), (30, 900), (60, 900), (80, 1600))),
    *(("D", agents, jobs) for agents, jobs in ((20, 400), (40, 400), (15, 900), (60, 900), (20, 1600), (80, 1600))),
    *(("E", agents, jobs) for agents, jobs in ((20, 400), (40, 400), (30, 900), (60, 900), (80, 1600))),
)
"""Sixteen large ones (type, agents, jobs), up to 80 agents and 1600 jobs."""


def a_gap(kind: str, agents: int, jobs: int, seed: int = 1) -> Instance:
    """One instance: every job to exactly one agent at the least cost, each agent within its capacity. Value = -cost. The same seed, the same
    instance. Types A and B: resource U(5,25), cost U(10,50), capacity 0.6 (jobs/agents) 15 + 0.4 R for A, 0.7 of that for B, with R the largest
    load of an agent when each job takes its cheapest agent; C: capacity 0.8 x the agent's whole load / agents; D: resource U(1,100), cost 111 -
    resource + U(-10,10); E: resource 1 - 10 ln U(0,1], cost 1000 / resource - 10 U(0,1), capacities of D and E as C."""
    dice = np.random.default_rng((seed, ord(kind), agents, jobs))
    shape = (agents, jobs)
    if kind in "ABC":
        load, cost = dice.integers(5, 26, shape), dice.integers(10, 51, shape)
    elif kind == "D":
        load = dice.integers(1, 101, shape)
        cost = 111 - load + dice.integers(-10, 11, shape)
    else:
        raw = 1 - 10 * np.log(1 - dice.random(shape))
        load = np.rint(raw).astype(np.int64)
        cost = np.rint(1000 / raw - 10 * dice.random(shape)).astype(np.int64)
    if kind in "AB":
        cheapest = cost.argmin(axis=0)
        most = max(int(load[agent][cheapest == agent].sum()) for agent in range(agents))
        capacity = np.full(agents, int((0.6 * jobs / agents * 15 + 0.4 * most) * (0.7 if kind == "B" else 1)))
    else:
        capacity = (0.8 * load.sum(axis=1) / agents).astype(np.int64)
    return gap_instance(capacity.astype(np.int64), load.astype(np.int64), cost.astype(np.int64))


def gap_instance(capacity: Ints, load: Ints, cost: Ints) -> Instance:
    """The instance of a table of loads and one of costs (agents x jobs)."""
    agents, jobs = load.shape
    options = agents * jobs
    return Instance(
        capacity,
        np.arange(0, options + 1, agents, dtype=np.int64),
        -cost.T.ravel(),
        np.arange(options + 1, dtype=np.int64),
        np.tile(np.arange(agents, dtype=np.int64), jobs),
        load.T.ravel(),
        must=True,
    )
