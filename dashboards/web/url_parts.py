"""A site's domain in a URL. It has a dot or is `localhost`; the first part of no other page's URL has a dot.

The domain may have any form that a person types. The site's pages redirect to its normal form.
"""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class DomainConverter(BaseConverter):
    regex = r"(?:[\w-]+\.)+[\w-]+\.?|localhost"
