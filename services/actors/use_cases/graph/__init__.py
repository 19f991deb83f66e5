"""Draw the network, and answer what is asked about it."""
