"""The store and the blog of the tests of traffic, for one company."""

from tests.stats.conftest import blog, store  # noqa: F401 - fixtures
