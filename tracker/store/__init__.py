"""The event store: one wide, append-only table of events behind SQLAlchemy Core."""
