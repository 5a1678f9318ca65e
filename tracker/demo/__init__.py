"""A made-up French blog and a year of its readers, for trying the product out and for measuring it."""
