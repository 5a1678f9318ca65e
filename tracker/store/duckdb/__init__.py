"""The event store in a DuckDB file: the only folder that imports duckdb or names its functions and errors."""
