"""The values of dimensions that have the most visitors: what the panels of an overview show."""
