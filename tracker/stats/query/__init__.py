"""Queries in the shape of the Stats API v2: what was asked, and its answer."""
