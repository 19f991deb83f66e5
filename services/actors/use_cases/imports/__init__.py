"""Imports: begin, check, confirm, write, hear the answers."""
