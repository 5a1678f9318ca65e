"""Whose a network is and of which kind: by its name, its number, published networks and the operator's list."""
