"""Offers and needs as columns: the index for a million offers, for a worker process; it answers exactly what the plain definition answers."""
