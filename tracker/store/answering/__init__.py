"""An event store that answers alike questions once, and keeps the answers until what they are about changes."""
