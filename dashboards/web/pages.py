"""Which page of a long list a URL requests."""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict

# More pages than any list has; the databases count rows in 64 bits.
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def page_number(arguments: MultiDict[str, str]) -> int:
    """Returns the page's number, from 1. An invalid number means the first page."""
    asked = arguments.get("page", "")
    return int(asked) if _NUMBER.fullmatch(asked) else 1
