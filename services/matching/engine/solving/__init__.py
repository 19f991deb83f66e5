"""Solvers over plain arrays: only worker processes and benchmarks import this room, so that the compiled packages stay out of an idle hub."""
