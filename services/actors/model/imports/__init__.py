"""Reads the files of others into one neutral form, row by row; pure: no clock, no database, no web."""
