"""Finds the network's picture and what is asked about memberships as a whole."""
