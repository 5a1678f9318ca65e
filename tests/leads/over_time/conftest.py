"""The store and the blog of the tests of traffic, for companies."""

from tests.stats.conftest import blog, site, store  # noqa: F401 - fixtures
