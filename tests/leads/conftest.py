"""Leads are asked of the same store in memory as figures are."""

from tests.stats.conftest import blog, site, store  # noqa: F401 - fixtures
