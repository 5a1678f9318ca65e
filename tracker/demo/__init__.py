"""Demo data: an invented French blog with a year of visits, to try the product and to measure it."""
