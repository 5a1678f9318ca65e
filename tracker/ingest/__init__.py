"""From the journal to the event store: identity, visits, and each hit counted exactly once."""
