"""Possible companies: those of a scope, and what their visitors did that speaks for a company or for a provider."""
