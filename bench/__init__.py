"""Measurements: each is a command of its own (`./hub bench NAME`) that compares two things in one run, because only ratios travel between machines."""
