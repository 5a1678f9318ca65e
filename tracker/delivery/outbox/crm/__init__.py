"""CRMs: a company is found by its domain and brought up to date, or added. A module for each."""
