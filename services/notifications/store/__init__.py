"""All SQL of notifications; rows become frozen dataclasses of the model."""
