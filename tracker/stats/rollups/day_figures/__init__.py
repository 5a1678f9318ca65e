"""The figures of local days, from their events: what is counted once and kept."""
