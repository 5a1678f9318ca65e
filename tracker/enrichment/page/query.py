"""The query parameters that distinguish a site's pages: which are allowed, and their form in a path.

Pure. The default is the parameters of WordPress without pretty links, and of its search. Other parameters, such as
filters, a map's position and a form's fields, change what a page shows but not which page it is. Source:
https://developer.wordpress.org/reference/classes/wp/#properties (the public query variables).
"""

from __future__ import annotations

from tracker.enrichment.source.url_parameters import readable

DEFAULT_PARAMETERS = frozenset({"p", "page_id", "cat", "tag", "author", "m", "s"})

_MOST_PAIRS = 200
_MOST_VALUE = 100
_ESCAPED = str.maketrans({"%": "%25", "&": "%26", "#": "%23", "?": "%3F", "+": "%2B", " ": "+"})


def page_query(query: str, parameters: frozenset[str]) -> str:
    """Returns the end of a page's path: `?cat=3&p=12`, or nothing. The parameters are sorted; the last value counts.

    A value is cut to 100 characters. A value that is empty or contains an email address is left out.
    """
    if "=" not in query:
        return ""
    found = {}
    for pair in query.split("&", _MOST_PAIRS)[:_MOST_PAIRS]:
        name, _, value = pair.partition("=")
        name = name.removeprefix("amp;")
        if name in parameters:
            found[name] = " ".join(readable(value).split())[:_MOST_VALUE].strip()
    kept = [
        f"{name}={found[name].translate(_ESCAPED)}" for name in sorted(found) if found[name] and "@" not in found[name]
    ]
    return f"?{'&'.join(kept)}" if kept else ""
