"""Loads and saves what the registry holds. All SQL of this service is here."""
