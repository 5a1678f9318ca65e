"""Places: the map of the world above the list of countries."""
