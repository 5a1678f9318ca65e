"""What the event store says of companies, as SQL: their tiers."""
