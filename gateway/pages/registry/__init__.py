"""Pages of the registry: organisations, search, archive, and what belongs to them."""
