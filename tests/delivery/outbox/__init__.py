"""Tests of what leaves for other services."""
