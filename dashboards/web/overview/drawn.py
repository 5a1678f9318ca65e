"""Parts of a page that are drawn once for all who may read them alike, and kept until something that they say changes.

Owns for whom a part is drawn: for nobody. What tells readers apart is left out of its request (their session and cookies, the
tokens of forms, the page that they are on, flashes); what it may say of them is a `Reader`, which is part of what it is kept by.
What a page says of now, such as how long ago a lead came, is of its minute.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import Flask, current_app, g, request
from jinja2 import Template

from dashboards.web.goals.names import remember_goals
from dashboards.web.language import current_language
from dashboards.web.sign_in.login import as_nobody
from dashboards.web.sign_in.permission import allowed
from dashboards.web.site.selection import Selection
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.reference.naming_sources import NamingSource
from tracker.stats.rollups.moment import once_of_site
from tracker.store.protocol import EventStore


class Reader(NamedTuple):
    """All that a part says of whoever reads it: their language, where the dashboard is mounted, and what they may do.

    `missing`: the sources of companies' names that this service could still be given, which it tells them.
    """

    language: str
    root: str
    may_see_settings: bool
    may_see_status: bool
    missing: tuple[NamingSource, ...] = ()


class Part(NamedTuple):
    """The markup of a part. It was looked through when it was drawn, and templates take it as it is."""

    html: str

    def __html__(self) -> str:
        return self.html


@dataclass
class _Kept:
    """What was drawn last, and of what: replaced when that is another, so that no older ones pile up."""

    last: tuple[Hashable, Any]


def reader_of(site: Site, missing: tuple[NamingSource, ...]) -> Reader:
    """The reader of this request's page of a site."""
    return Reader(
        current_language(),
        request.script_root,
        may_see_settings=allowed(Action.VIEW_SETTINGS, site),
        may_see_status=allowed(Action.VIEW_STATUS),
        missing=missing,
    )


def drawn(
    store: EventStore, what: str, selection: Selection, reader: Reader, of: Hashable, draw: Callable[[], Any]
) -> Any:
    """What `draw` returns, or returned before if the site's figures and `of` are the same; not to be changed.

    `of` is all that the drawing of `what` depends on beside the figures, the reader and what the selection asks for.
    """
    figures = None if selection.scope.filters else selection.period
    question = ("drawn", what, reader, _asked(selection))
    kept = once_of_site(store, selection.site.stored_as, question, lambda: _Kept((of, draw())), of_figures=figures)
    was_of, found = kept.last
    if was_of != of:
        found = draw()
        kept.last = of, found
    return found


def _asked(selection: Selection) -> Hashable:
    """What a selection asks for, but for what that is compared with in the end."""
    site = selection.site
    return (
        *(site.id, site.domain, selection.period, selection.period_text, selection.against, selection.asked_interval),
        *(selection.metric, selection.filters, selection.tabs, selection.asked, selection.not_counted),
    )


@contextmanager
def for_nobody(app: Flask, reader: Reader, site: Site) -> Iterator[None]:
    """A request of nobody, in which parts of a page of a site are drawn."""
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": reader.root}):
        as_nobody()
        g.page_language = reader.language
        remember_goals(site)
        yield


def this_app() -> Flask:
    """The application itself, for who draws when the request is over."""
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001


def part(app: Flask, template: str, variables: dict[str, Any]) -> Part:
    """Draws a template."""
    found: Template = app.jinja_env.get_template(template)
    return Part(found.render(variables))
