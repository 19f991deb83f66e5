"""Reads whole tables as streams, pages of HSDS, and what changed since a moment."""
