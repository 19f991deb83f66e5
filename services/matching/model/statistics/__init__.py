"""Figures over time: what is counted, how a day is counted, and what of a quarter may be published."""
