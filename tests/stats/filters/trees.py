"""Filter trees of any shape, over dimensions of each kind."""

from __future__ import annotations

from hypothesis import strategies as st

from tracker.stats.dimensions import Dimension
from tracker.stats.filters import OPERATORS, And, Comparison, Filter, HasDone, Not, Or

_VALUES = {
    Dimension.PAGE: ["/a", "/b", "/C", "", "/*", "/_"],
    Dimension.ENTRY_PAGE: ["/a", "/b"],
    Dimension.EXIT_PAGE: ["/a", "/b", "b", ""],
    Dimension.EVENT: ["pageview", "engagement", "VIEW", "*view", "e*g*"],
    Dimension.SOURCE: ["Google", "LinkedIn", "in", ""],
}
COMPARISONS: st.SearchStrategy[Comparison] = st.sampled_from(list(_VALUES)).flatmap(
    lambda dimension: st.builds(
        Comparison,
        st.just(dimension),
        st.sampled_from(OPERATORS),
        # The missing value is not text that could hold another.
        st.lists(st.sampled_from(_VALUES[dimension]), max_size=2, unique=True).map(tuple),
    ).filter(lambda one: one.operator.startswith("is") or "" not in one.values)
)


def _joined(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(And, several), st.builds(Or, several), st.builds(Not, parts), st.builds(HasDone, parts))


TREES: st.SearchStrategy[Filter] = st.recursive(COMPARISONS, _joined, max_leaves=5)
