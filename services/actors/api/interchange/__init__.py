"""Routes of the open data: exports, catalogue, HSDS, and what left."""
