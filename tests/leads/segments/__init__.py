"""Tests of filters with a name and what is known of companies."""
