"""Tests of what alerts find and raise."""
