"""Corrections to companies: made and taken back by people, applied whenever events are read."""
