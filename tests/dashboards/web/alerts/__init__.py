"""Tests of the page of alerts."""
