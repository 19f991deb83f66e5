"""All SQL of people: rows become frozen model dataclasses here."""
