"""Makes given_names.txt, the given names by which a private person's name is told, from the package faker.

    uv run --with faker python tools/make_given_names.py

Names of one word in Latin letters, of three letters and more, of all its languages.
"""

from __future__ import annotations

import importlib
import pkgutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

import faker.providers.person as persons

from tracker.enrichment.organisation.name_tokens import tokens_of

DATA = Path(__file__).parents[1] / "tracker" / "enrichment" / "data"
_SHORTEST = 3


def main() -> None:
    names = {
        words[0]
        for module in pkgutil.iter_modules(persons.__path__)
        for name in _names_of(importlib.import_module(f"{persons.__name__}.{module.name}").Provider)
        if len(words := tokens_of(name)) == 1 and words[0].isascii() and len(words[0]) >= _SHORTEST
    }
    lines = textwrap.wrap(" ".join(sorted(names)), 120)
    head = "# Given names, in small letters without accents. Made by make_given_names.py; SOURCES.md says from what."
    (DATA / "given_names.txt").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def _names_of(provider: type) -> Iterator[str]:
    for attribute in dir(provider):
        if attribute.startswith("first_name") or "first_romanized" in attribute:
            found = getattr(provider, attribute)
            if isinstance(found, list | tuple | dict):
                yield from map(str, found)


if __name__ == "__main__":
    main()
