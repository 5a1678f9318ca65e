"""What chance alone could make: the intervals and the bar that every advice has to pass. Pure functions.

An advice says that a share is larger than expected. Three things have to speak for it: the visits counted one by one
(Wilson's interval), and the weeks and the companies, each taken as one (`steady_z`). So neither a single week with a
burst of visits nor a single busy company makes an advice.
"""

from __future__ import annotations

from math import copysign, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# The probability that visits which mean nothing give any advice at all in one report, shared by the kinds of advice.
RISK = 0.01
KINDS = 6
# The interval that is shown to people.
SHOWN_Z = NormalDist().inv_cdf(0.975)


def bar(comparisons: int) -> float:
    """Returns the standard score that one of so many comparisons of a kind has to pass (Bonferroni's correction)."""
    return NormalDist().inv_cdf(1 - RISK / KINDS / max(1, comparisons))


def wilson(successes: float, number: float, z: float = SHOWN_Z) -> tuple[float, float]:
    """Returns Wilson's interval of a share, 0 to 1: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209–212."""
    if number <= 0:
        return 0.0, 1.0
    share, square = successes / number, z * z
    middle = (share + square / (2 * number)) / (1 + square / number)
    half = z / (1 + square / number) * sqrt(share * (1 - share) / number + square / (4 * number * number))
    return max(0.0, middle - half), min(1.0, middle + half)


def steady_z(deviations: NDArray[np.float64], variances: NDArray[np.float64]) -> float:
    """Returns the standard score of units (weeks or companies) that deviate alike from what was expected of each.

    It is Student's t of the deviations, as a standard score by Wallace's formula (Ann. Math. Stat. 30 (1959), 1124). The
    units' spread is taken to be no smaller than chance makes it: `variances` are those of each unit's count. One unit
    that deviates alone has a score of about 1, however far it does.
    """
    number = len(deviations)
    if number < 2:
        return 0.0
    spread = max(float(deviations.var(ddof=1)), float(variances.mean()))
    if spread <= 0:
        return 0.0
    t, freedom = float(deviations.mean()) / sqrt(spread / number), number - 1
    return copysign((8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log(1 + t * t / freedom)), t)
