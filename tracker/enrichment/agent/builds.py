"""Takes the builds out of the agents of Chromium's browsers, so that one agent stands for all of a major version.

Chromium comes out in hundreds of builds a year, of which neither a list of bots nor the name of a browser, a system or a
device says anything. What is looked up by agent is so looked up once a version, not once a build.
"""

from __future__ import annotations

import re

# A Chrome, an Edge, an Opera or a Samsung Internet to the letter; what stands in the comment of the system stays.
_CHROMIUM = re.compile(
    r"(Mozilla/5\.0 \([^()]+\) AppleWebKit/537\.36 \(KHTML, like Gecko\) (?:SamsungBrowser/\d+\.\d+ |Version/4\.0 )?"
    r"Chrome/\d+)\.0\.\d+\.\d+((?: Mobile)? Safari/537\.36)(?: (Edg|EdgA|OPR)/(\d+)\.0\.\d+\.\d+)?"
)


def without_builds(agent: str) -> str:
    """The agent with zeros for its builds, as Chrome itself writes them by now; any other agent as it is."""
    match = _CHROMIUM.fullmatch(agent)
    if match is None:
        return agent
    chrome, safari, product, version = match.groups()
    own = f" {product}/{version}.0.0.0" if product else ""
    return f"{chrome}.0.0.0{safari}{own}"
