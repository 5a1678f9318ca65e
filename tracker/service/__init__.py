"""What one running service owns: its databases, its ingest, its housekeeping; and what a command asks of it."""
