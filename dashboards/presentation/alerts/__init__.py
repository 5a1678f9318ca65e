"""Alerts in words, for all who show or send them."""
