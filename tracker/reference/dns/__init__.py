"""Reverse DNS with the operator's resolver, in the background: ingest never waits for an answer."""
