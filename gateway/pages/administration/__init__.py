"""Pages of administration: what a city's officer chooses, watches and mends."""
