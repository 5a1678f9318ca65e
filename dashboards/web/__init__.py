"""The marketing dashboard: a Flask blueprint, its templates and assets."""
