"""Filters with a name as all who list companies ask them, and what is known of companies beyond their events."""
