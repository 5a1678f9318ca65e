"""DuckDB's dialect with SQLAlchemy's cache of compiled statements, which duckdb_engine switches off.

Without it each statement is compiled anew, a third of a page's processor time. The cache is safe where all that a
construct says is in its clauses, as with those of `tracker.store.functions`.
"""

from __future__ import annotations

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry

DRIVER = "duckdb+cached"


class CachedDialect(Dialect):
    """Differs from its base in the cache alone."""

    supports_statement_cache = True


registry.register("duckdb.cached", __name__, CachedDialect.__name__)
