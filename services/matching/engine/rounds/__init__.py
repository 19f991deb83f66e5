"""How rounds are solved: exactly for what can be proven, by search over arrays for what is large; all of it in worker processes."""
