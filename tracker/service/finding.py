"""One line of the diagnosis: a sentence with its values apart, so that each language can word it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Finding(NamedTuple):
    """What was found. `level` is `good`, `hint` (works, but could be better) or `problem`.

    `sentence` is English, with places for its `values` where it has any; a sentence of another module has none.
    """

    level: str
    sentence: str
    values: Mapping[str, Any] = _NOTHING

    @property
    def words(self) -> str:
        """The sentence in English."""
        return self.sentence % self.values if self.values else self.sentence
