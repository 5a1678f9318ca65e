"""A site's domain in an address: it has a dot, which no other page's first part has, or is `localhost`."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class DomainConverter(BaseConverter):
    regex = r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+|localhost"
