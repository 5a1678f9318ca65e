"""What a person typed and the app database does not take. Owns the error, so that pages can word it in their language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Invalid(ValueError):
    """A value that cannot be kept. `template` is the English sentence with `%(name)s` places for `values`.

    `str()` returns the sentence; the dashboard looks `template` up in its translations. `field` is the field of a form
    that the value stands in, where one is known (`about`).
    """

    def __init__(self, template: str, **values: str) -> None:
        super().__init__(template % values if values else template)
        self.template = template
        self.values = values
        self.field: str | None = None


@contextmanager
def about(field: str) -> Iterator[None]:
    """Whatever is refused within is the value of a field of a form, by its name."""
    try:
        yield
    except Invalid as problem:
        problem.field = problem.field or field
        raise
