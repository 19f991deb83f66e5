"""How quickly the live pages of the network and the map come, in a browser without a screen."""
