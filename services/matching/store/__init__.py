"""All SQL of matching: rows become frozen model values here, and whose record it is is decided here."""
