"""The parts of a URL that a page's function is given: a site's domain, and the number of a row."""

from __future__ import annotations

from werkzeug.routing import BaseConverter, IntegerConverter, Map

_LARGEST_NUMBER = 2**31 - 1  # of a row, in every database


class DomainConverter(BaseConverter):
    """A domain has a dot or is `localhost`; the first part of no other page's URL has a dot.

    It may have any form that a person types. The site's pages redirect to its normal form.
    """

    regex = r"(?:[\w-]+\.)+[\w-]+\.?|localhost"


class NumberConverter(IntegerConverter):
    """A number that a row can have: there is no page at any larger one, and no database is asked for it."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=_LARGEST_NUMBER)
