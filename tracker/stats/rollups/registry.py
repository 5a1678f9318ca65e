"""What is rolled up: the dimensions whose figures are kept by day, and the version of the rules that made them.

A dimension is rolled up when each overview or email shows it; all others are counted from the events when somebody asks.
"""

from __future__ import annotations

from tracker.stats.dimensions import Dimension

# Raise it whenever a figure of a day is made in another way: days that were sealed before are then sealed anew.
RULES = 6

# All events of a day together, the hours of its clock, and the newest title of each page, both in the value.
TOTAL = ""
HOUR = "hour"
TITLES = "titles"

# Beside the tabs of panels that do not open from a menu; the kinds of social networks are six, and their page has all of them.
_KEPT_TOO = (Dimension.EVENT, Dimension.IDENTIFICATION, Dimension.SOCIAL_KIND)
DIMENSIONS = tuple(
    one for one in Dimension if (one.definition.panel is not None and not one.definition.more) or one in _KEPT_TOO
)
ROLLED_UP = (*(one.value for one in DIMENSIONS), HOUR, TITLES, TOTAL)

# The rules since which a dimension is kept, where it is not since the first ones: days by earlier ones have none of it.
_SINCE: dict[str, int] = {Dimension.SOCIAL_KIND.value: 5}


def unknown_to(rules: int) -> frozenset[str]:
    """The dimensions of which days that were counted by some rules of before have no figures."""
    return frozenset(name for name, first in _SINCE.items() if rules < first)
