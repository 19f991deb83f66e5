"""Measurements: each is a command of its own (`./hub bench NAME`) that compares two things in one run, for only ratios travel between machines."""
