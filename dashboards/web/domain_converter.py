"""A site's domain in a URL: it has a dot, which no other page's first part has, or is `localhost`.

In any form that a person may type; the site's pages lead to its own.
"""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class DomainConverter(BaseConverter):
    regex = r"(?:[\w-]+\.)+[\w-]+\.?|localhost"
