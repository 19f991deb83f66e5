"""The network of memberships as a graph: where everything is drawn, who bridges, who forms a community, and the ways through it.

`packed`, `walks` and `ask` are read by the service. `worker` and what it imports (numba, numpy, scipy, networkx) run in a process of their own."""
