"""`./hub solve`: the engine of matching on a problem in a file, for researchers and for checks. The format is in docs/solve.md."""
