"""Pure matching: what pairs are eligible, how good they are, why, and how to seat many needs at once. No clock, no store, no framework."""
