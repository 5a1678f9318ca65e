"""The running service: its databases, ingest and housekeeping, and the operations that commands ask of it."""
