"""What a person typed and the app database does not take. Owns the error, so that pages can word it in their language."""

from __future__ import annotations


class Invalid(ValueError):
    """A value that cannot be kept. `template` is the English sentence with `%(name)s` places for `values`.

    `str()` returns the sentence; the dashboard looks `template` up in its translations.
    """

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template % values if values else template)
        self.template = template
        self.values = values
