"""What the names in a site's events are shown as, and which of a shown company's names it is known by.

A company keeps its identity when it is renamed: it is still known by the name that its events have. Of companies that were
merged, the identity is that of the company into which the others went. Nothing here depends on time or on the period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple


class Step(NamedTuple):
    """What one name is called instead. `is_merge`: it goes into another company, instead of getting a new name."""

    target: str
    is_merge: bool = False


@dataclass(frozen=True)
class ShownNames:
    """The corrections of names of one site, without circles. Falsy where there are none."""

    steps: Mapping[str, Step] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.steps)

    def __hash__(self) -> int:
        return hash(tuple(self.steps.items()))

    def shown(self, name: str) -> str:
        """What a name is shown as: a chain of corrections ends at its last."""
        while name in self.steps:
            name = self.steps[name].target
        return name

    @cached_property
    def all_names(self) -> frozenset[str]:
        """All names that a correction is about or leads to."""
        return frozenset((*self.steps, *(one.target for one in self.steps.values())))

    def names_of(self, shown: str) -> list[str]:
        """All names that are shown as this one, itself included; the first that events have is its identity.

        A name that was given to another one comes after that, one that was merged into another one comes after that.
        """
        return list(self._before(shown))

    def _before(self, name: str) -> Iterator[str]:
        renamed = [subject for subject, step in self.steps.items() if step.target == name and not step.is_merge]
        merged = [subject for subject, step in self.steps.items() if step.target == name and step.is_merge]
        for subject in renamed:
            yield from self._before(subject)
        yield name
        for subject in merged:
            yield from self._before(subject)

    def mapped(self, names: Collection[str]) -> frozenset[str]:
        """These names as they are shown."""
        return frozenset(map(self.shown, names))


NO_CORRECTIONS = ShownNames()
