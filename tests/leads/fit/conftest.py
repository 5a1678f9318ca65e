"""A site that is kept in an app database."""

from tests.leads.kept_site import database, site  # noqa: F401 - fixtures
