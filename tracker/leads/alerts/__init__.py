"""Alerts: rules that a site's people make, what in the visits meets them, and what is to be told of it, once."""
