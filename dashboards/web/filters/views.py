"""The form of a page's filters: opened by "+ Filter" or by a chip, and back to the page with what was chosen.

Its buttons change the form and are answered with it, so that it works without a script. `next` is the page that it is
about, whose other arguments stay.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from dashboards.translations import translate
from dashboards.web.filters import tree
from dashboards.web.filters.choices import dimensions_offered, meant
from dashboards.web.filters.fields import ROOT, read_root, with_typed
from dashboards.web.filters.goals import goal_conditions, goal_names
from dashboards.web.filters.shown import shown_node
from dashboards.web.filters.words import OPERATOR_NAMES, sentence
from dashboards.web.language import current_language
from dashboards.web.local_url import local_url
from dashboards.web.sign_in.permission import allowed, require
from dashboards.web.site.forms import describe_problem
from dashboards.web.site.pages import head, site_or_404
from dashboards.web.site.selection import Selection, read_selection
from tracker.accounts.permissions import Action
from tracker.db.invalid import Invalid
from tracker.db.models import Site
from tracker.leads.workflow.views import all_views, save_view
from tracker.service.context import Context
from tracker.stats.filters import Filter, FilterError
from tracker.stats.filters.address_bar import write_filter
from tracker.stats.filters.json import write_stored
from tracker.stats.rollups.moment import moment


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("filters", __name__, url_prefix="/<domain:site>")

    @blueprint.get("/filters")
    def show(site: str) -> str:
        found = site_or_404(context, site, Action.VIEW_REPORTS)
        page = _page_url(request.args.get("next"), found)
        selection = _selection(context, found, page)
        root = tree.root_of(selection.filters, goal_conditions(found))
        edited = request.args.get("edit", "")
        return _form(context, selection, page, root if edited else tree.with_added(root), edited=edited)

    @blueprint.post("/filters")
    def change(site: str) -> str | Response | tuple[str, int]:
        """Does what a button says: changes the form, goes back to the page, or keeps the filters under a name as well."""
        found = site_or_404(context, site, Action.VIEW_REPORTS)
        page = _page_url(request.form.get("next"), found)
        selection = _selection(context, found, page)
        root = tree.Group()
        try:
            root = read_root(request.form)
            what, _colon, path = request.form.get("do", "").partition(":")
            if what in ("apply", "save"):
                filters = _filters(context, selection, root)
                return redirect(_saved(context, found, page, filters) if what == "save" else _with(page, filters))
        except Invalid as problem:
            return _form(context, selection, page, root, problem=describe_problem(problem)), 422
        return _form(context, selection, page, tree.changed(root, _steps(path), what))

    return blueprint


def _page_url(text: str | None, site: Site) -> str:
    return local_url(text, url_for("overview.show", site=site.domain))


def _selection(context: Context, site: Site, page: str) -> Selection:
    """What the page in the URL shows."""
    return read_selection(context, site, MultiDict(parse_qsl(urlsplit(page).query, keep_blank_values=True)))


def _steps(path: str) -> tuple[int, ...]:
    """The steps from the root of the form's tree to a node that a button names."""
    steps = path.split("-")[1:]
    return tuple(int(step) for step in steps if step.isascii() and step.isdigit() and len(step) < 4)


def _filters(context: Context, selection: Selection, root: tree.Group) -> tuple[Filter, ...]:
    """The filters that a form means. Raises Invalid."""
    complete = with_typed(root, lambda dimension, typed: meant(context, selection, dimension, typed))
    assert isinstance(complete, tree.Group)
    filters = tree.filters_of(complete, goal_conditions(selection.site))
    try:
        for one in filters:
            write_filter(one)
        write_stored(filters)
    except FilterError:
        raise Invalid("This filter has too many conditions, or groups within groups. Remove some.") from None
    return filters


def _with(page: str, filters: tuple[Filter, ...]) -> str:
    """The page's URL with these filters, from its first page on."""
    parts = urlsplit(page)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ("f", "page")
    ]
    query = urlencode([*kept, *(("f", write_filter(one)) for one in filters)])
    return parts._replace(query=query, fragment="").geturl()


def _saved(context: Context, site: Site, page: str, filters: tuple[Filter, ...]) -> str:
    """Keeps the filters as a segment; where to go then. Raises Invalid."""
    require(Action.WORK_WITH_COMPANIES, site)
    if not filters:
        raise Invalid("Choose at least one value for each condition, or remove the condition.")
    name = request.form.get("segment", "")
    saved = save_view(
        context.app_db, site.id, name, filters, sort="score", columns=(), by=current_user.email, now=context.now()
    )
    flash(_("The segment %(name)s is saved. It is also a view of the leads.", name=saved.name))
    return _with(page, filters)


def _form(
    context: Context, selection: Selection, page: str, root: tree.Group, *, edited: str = "", problem: str | None = None
) -> str:
    language, site = current_language(), selection.site
    with moment(context.event_store) as store:
        return render_template(
            "filters.html",
            page=page,
            root=shown_node(context, store, selection, root, ROOT, edited=edited),
            sections=dimensions_offered(language, site),
            operators=[(code, translate(language, name)) for code, name in OPERATOR_NAMES.items()],
            joins=[(code.value, translate(language, name)) for code, name in tree.JOIN_NAMES.items()],
            hows=[(code.value, translate(language, name)) for code, name in tree.HOW_NAMES.items()],
            problem=problem,
            typed_name=request.form.get("segment", ""),
            may_save=allowed(Action.WORK_WITH_COMPANIES, site),
            segments=_segments(context, selection, page),
            **head(context, selection),
        )


def _segments(context: Context, selection: Selection, page: str) -> list[dict[str, Any]]:
    """The saved filters to choose from: name, what they keep in words, and the page's URL with them."""
    language = current_language()
    named = goal_names(language, selection.site)
    return [
        {
            "name": one.name if one.number else translate(language, one.name),
            "words": " · ".join(sentence(language, part, named) for part in one.filters),
            "url": _with(page, one.filters),
            "chosen": one.filters == selection.filters,
        }
        for one in all_views(context.app_db, selection.site.id)
        if one.filters and all(_fits(part) for part in one.filters)
    ]


def _fits(one: Filter) -> bool:
    try:
        write_filter(one)
    except FilterError:
        return False
    return True
