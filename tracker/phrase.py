"""A sentence in English that remembers how it was put together, so that pages can show it in another language.

It owns no catalogue: who shows it looks its sentence up. Commands, logs and files take it as the English text that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Self


class Phrase(str):
    """A sentence with its values in place. `sentence` has `%(name)s` where they stand; a value may be a Phrase itself."""

    __slots__ = ("sentence", "values")
    sentence: str
    values: Mapping[str, object]

    def __new__(cls, sentence: str, **values: object) -> Self:
        made = super().__new__(cls, sentence % values if values else sentence)
        made.sentence, made.values = sentence, values
        return made

    def in_words_of(
        self, look_up: Callable[[str], str], write: Callable[[object], object] = lambda value: value
    ) -> str:
        """The sentence as `look_up` has it, with its values as `write` has them."""
        sentence = look_up(self.sentence)
        if not self.values:
            return sentence
        return sentence % {
            name: value.in_words_of(look_up, write) if isinstance(value, Phrase) else write(value)
            for name, value in self.values.items()
        }


def message(text: str) -> str:
    """The text as it stands, marked for the catalogue."""
    return text
