"""The page behind a shared link, and the public dashboard of a site: the right to it is the link's token.

Every answer says that no page may learn its URL, that no search engine lists it, and who may embed it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from flask import Blueprint, abort, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from dashboards.presentation import dates
from dashboards.presentation.figures import figures
from dashboards.presentation.lead_rows import LeadRow, lead_rows
from dashboards.translations import translate
from dashboards.web.headers import policy_for_frames
from dashboards.web.language import current_language
from dashboards.web.panels import read_panels
from dashboards.web.sharing.reading import TABS, UnreadableLinkError, chosen, panels_of, selection_of
from dashboards.web.sign_in.limit import Key, SignInLimit, keys_of_stranger
from dashboards.web.site.course_chart import course_chart
from dashboards.web.site.pages import PERIODS, compared_days, period_name
from dashboards.web.site.selection import Selection, comparing
from dashboards.web.views.sign_in import answer_too_many, describe_wait
from dashboards.web.workflow.loading import companies_of, listed_of
from tracker.accounts.passwords import password_fits
from tracker.collector.client_ip import ClientIp
from tracker.db.models import Site
from tracker.db.sharing_models import SharedLink
from tracker.leads.confirmations import confirmed_names
from tracker.leads.report import leads
from tracker.leads.score_rules import rules_of
from tracker.service.context import Context
from tracker.sharing.links import Page, find_link, find_public
from tracker.sites.sites import find_site
from tracker.stats import traffic
from tracker.stats.metrics import METRICS
from tracker.stats.rollups.moment import moment

_LEADS = 10
_OPENED = "shared"
_MOST_OPENED = 20


def create_blueprint(context: Context, limit: SignInLimit) -> Blueprint:
    blueprint = Blueprint("shared", __name__)
    client = ClientIp(context.settings.trusted_proxies, context.settings.client_ip_header)

    @blueprint.after_request
    def add_headers(response: Response) -> Response:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if hosts := g.get("frame_hosts"):
            response.headers["Content-Security-Policy"] = policy_for_frames(hosts)
        return response

    @blueprint.get("/share/<token>")
    def show(token: str) -> Response | str | tuple[str, int]:
        link, site = _found(context, find_link(context.app_db, token))
        if not _is_opened(link):
            return _password_page(link, None)
        return _page(context, link, site, lambda **changes: url_for("shared.show", token=token, **changes))

    @blueprint.post("/share/<token>")
    def enter(token: str) -> Response | str:
        """Takes a link's password."""
        link, _site = _found(context, find_link(context.app_db, token))
        keys = _keys(client.of(request.environ), link)
        if wait := limit.begin(keys):
            return answer_too_many(_password_page(link, describe_wait(wait)), wait)
        if not password_fits(link.password_hash, request.form.get("password", "")):
            return make_response(_password_page(link, _("Incorrect password.")), 422)
        limit.succeeded(keys)
        opened: dict[str, str] = dict(session.get(_OPENED, {}))
        opened.pop(str(link.id), None)
        session[_OPENED] = dict([*opened.items(), (str(link.id), _mark(link))][-_MOST_OPENED:])
        return redirect(url_for("shared.show", token=token))

    @blueprint.get("/public/<domain:site>")
    def public(site: str) -> Response | str | tuple[str, int]:
        present = find_site(context.app_db, site)
        link, found = _found(context, find_public(context.app_db, present.id) if present else None)
        return _page(context, link, found, lambda **changes: url_for("shared.public", site=found.domain, **changes))

    return blueprint


def _found(context: Context, found: tuple[SharedLink, str] | None) -> tuple[SharedLink, Site]:
    """The link and its site; ends the request where there is none, or its end is over."""
    site = find_site(context.app_db, found[1]) if found else None
    if found is None or site is None:
        abort(404)
    link = found[0]
    g.frame_hosts = link.frame_hosts.split()
    if link.ends_at is not None and link.ends_at <= context.now():
        abort(make_response(render_template("shared_over.html"), 410))
    return link, site


def _keys(ip: str, link: SharedLink) -> list[Key]:
    return keys_of_stranger(ip, f"shared link {link.id}")


def _is_opened(link: SharedLink) -> bool:
    """Whether the link has no password, or the browser gave it: the one that it has now."""
    return link.password_hash is None or hmac.compare_digest(
        str(session.get(_OPENED, {}).get(str(link.id), "")), _mark(link)
    )


def _mark(link: SharedLink) -> str:
    return sha256(f"{link.token_hash} {link.password_hash}".encode()).hexdigest()


def _password_page(link: SharedLink, problem: str | None) -> str:
    return render_template("shared_password.html", problem=problem, name=link.name)


def _page(context: Context, link: SharedLink, site: Site, address: Any) -> str | tuple[str, int]:
    try:
        with moment(context.event_store) as store:
            of_page = replace(context, event_store=store)
            selection = comparing(of_page, selection_of(of_page, link, site, request.args))
            return render_template("shared.html", **_shown(of_page, link, selection, address))
    except UnreadableLinkError:
        return render_template("shared_over.html"), 410


def _shown(context: Context, link: SharedLink, selection: Selection, address: Any) -> dict[str, Any]:
    language, scope = current_language(), selection.scope
    now, series = traffic.course(context.event_store, scope, selection.interval)
    before, earlier = None, None
    if selection.compared_scope is not None:
        before, earlier = traffic.course(context.event_store, selection.compared_scope, selection.interval)
    everybody = int(now["visitors"].iloc[0])
    kept = chosen(link, request.args)

    def changed(**changes: str | None) -> str:
        return str(address(**{name: value for name, value in (kept | changes).items() if value}))

    uncounted = selection.uncounted
    return {
        "link": link,
        "has_visits": bool(now[["visitors", "pageviews"]].to_numpy().any()),
        "site_name": selection.site.name,
        "selection": selection,
        "zone": selection.zone,
        "shared_url": changed,
        "is_fixed": link.page != Page.DASHBOARD,
        "periods": [(text, translate(language, words)) for text, words in PERIODS],
        "period_name": period_name(language, selection),
        "period_days": dates.span(language, selection.period.start, selection.period.end),
        "last_day": selection.period.last_day,
        "compared_days": compared_days(language, selection),
        "uncounted_days": uncounted and dates.span(language, uncounted.start, uncounted.end),
        "figures": figures(language, _first_row(now), None if before is None else _first_row(before)),
        "chart": course_chart(context.now(), selection, language, series, earlier),
        "metric_label": translate(language, METRICS[selection.metric].label),
        "intervals": [],
        "panels": read_panels(context, selection, panels_of(link), language, everybody=everybody),
        "tabs": {key: [one.value for one in tabs] for key, tabs in TABS.items()},
        "leads": _leads(context, selection, language) if link.shows_companies else None,
    }


def _leads(context: Context, selection: Selection, language: str) -> list[LeadRow]:
    site, scope = selection.site, selection.scope
    asked = replace(scope, filters=(*scope.filters, *listed_of(context, site, selection.filters)))
    confirmed = confirmed_names(context.event_store, site)
    found = leads(
        context.event_store, asked, now=context.now(), confirmed=confirmed, rules=rules_of(site), limit=_LEADS
    )
    return lead_rows(language, companies_of(context, site).described(found))


def _first_row(totals: Any) -> Mapping[str, float]:
    return {str(name): value for name, value in totals.iloc[0].items()}
