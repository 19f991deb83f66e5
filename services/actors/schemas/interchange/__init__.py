"""Answers of the open-data routes, for the contract."""
