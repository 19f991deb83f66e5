"""The registry's own words and rules: no clock, no database, no web."""
