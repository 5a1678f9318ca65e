"""Removes the build numbers from the user agents of Chromium's browsers. One user agent then stands for a major version.

Chromium has hundreds of builds a year. No list of bots and no name of a browser, system or device depends on the build, so
a user agent is looked up once for each version instead of once for each build.
"""

from __future__ import annotations

import re

# Exactly the form of Chrome, Edge, Opera or Samsung Internet; the comment of the system may be anything.
_CHROMIUM = re.compile(
    r"(Mozilla/5\.0 \([^()]+\) AppleWebKit/537\.36 \(KHTML, like Gecko\) (?:SamsungBrowser/\d+\.\d+ |Version/4\.0 )?"
    r"Chrome/\d+)\.0\.\d+\.\d+((?: Mobile)? Safari/537\.36)(?: (Edg|EdgA|OPR)/(\d+)\.0\.\d+\.\d+)?"
)


def without_builds(agent: str) -> str:
    """The user agent with zeros for its builds, as today's Chrome writes them; any other user agent unchanged."""
    match = _CHROMIUM.fullmatch(agent)
    if match is None:
        return agent
    chrome, safari, product, version = match.groups()
    own = f" {product}/{version}.0.0.0" if product else ""
    return f"{chrome}.0.0.0{safari}{own}"
