"""Offers and needs as columns: the index for a million offers, which runs in a worker process and answers exactly what the plain definition answers."""
