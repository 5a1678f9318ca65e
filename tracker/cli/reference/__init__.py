"""Commands about outside data."""
