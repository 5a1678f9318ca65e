"""The error for a person's input that is refused, in a form that pages can translate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Invalid(ValueError):
    """A value that is refused. `template` is the English sentence with `%(name)s` placeholders for `values`.

    `str()` returns the whole sentence. The dashboard translates `template`. `field` is the form's field that holds the
    value, where `about` has set it.
    """

    def __init__(self, template: str, **values: str | int) -> None:
        super().__init__(template % values if values else template)
        self.template = template
        self.values = values
        self.field: str | None = None


@contextmanager
def about(field: str) -> Iterator[None]:
    """Sets `field` on each Invalid that is raised within."""
    try:
        yield
    except Invalid as problem:
        problem.field = problem.field or field
        raise
