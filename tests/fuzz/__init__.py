"""Hostile input, seeded and bounded: bodies through collector, journal and ingest, requests to a running service.

`make fuzz` runs it long, CI runs it short. Good hits are sent among the hostile ones, and each must be counted once.
"""
