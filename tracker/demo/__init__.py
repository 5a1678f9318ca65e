"""A made-up French blog with a year of visits, to try the product and to measure it."""
