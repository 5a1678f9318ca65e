"""What is asked of a data folder: figures by command and by page, and where the links lead that people hold.

Uses nothing but commands, HTTP and the pages' class names, so that the version that made the folder and this one are
asked in the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests.running_service import RunningService

SITE = "blog.example.fr"
SHOP = "boutique.example.com"
USERS = {"anna@example.fr": "un mot de passe assez long", "ben@example.fr": "another long password"}
BASE_URL = "https://stats.example.fr"
WEEKS = ("2026-W46", "2026-W47")
PERIOD = "2026-11-01,2026-11-30"
_RANGE = ["2026-11-01", "2026-11-30"]
_METRICS = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration", "events"]
_DIMENSIONS = (
    "event:page", "event:hostname", "event:name", "visit:entry_page", "visit:exit_page", "visit:source",
    "visit:referrer", "visit:channel", "visit:utm_campaign", "visit:utm_content", "visit:utm_term", "visit:country",
    "visit:device", "visit:browser", "visit:os", "visit:company", "visit:network_kind", "time:day",
)  # fmt: skip
_FILTERS: tuple[list[Any], ...] = (
    ["is", "event:page", ["/prix"]],
    ["is", "visit:source", ["LinkedIn"]],
    ["contains", "event:page", ["article"]],
    ["not", ["is", "visit:device", ["Mobile"]]],
    ["or", [["is", "visit:company", ["Aciéries du Lac"]], ["is", "visit:entry_page", ["/"]]]],
)
# A bookmark may be as old as the product: they stay as they were written, whatever the pages' own links are now.
BOOKMARKS = (
    f"/{SITE}?period={PERIOD}",
    f"/{SITE}?from=2026-11-09&to=2026-11-22&compare=no",
    f"/{SITE}?period=2026-W47&metric=pageviews",
    f"/{SITE}?period={PERIOD}&f=page:is:/prix",
    f"/{SITE}?period={PERIOD}&f=source:is:LinkedIn&f=device:is_not:mobile",
    f"/{SITE}?period={PERIOD}&f=page:contains:article|prix&pages=entry_page",
    f"/{SITE}?period={PERIOD}&f=company:is:{quote('Aciéries du Lac')}",
    f"/{SITE}/leads?period={PERIOD}",
    f"/{SITE}/leads?period=2026-W46&f=country:is_not:FR",
    f"/{SITE}/leads/{quote('Aciéries du Lac')}?period={PERIOD}",
    f"/{SITE}/leads/{quote('Nord/Sud & Fils')}?period=2026-W47",
    f"/{SITE}/breakdown/page?period={PERIOD}",
    f"/{SITE}/breakdown/source?period={PERIOD}&f=page:is:/prix",
    f"/{SITE}/panels/sources?period={PERIOD}&sources=channel",
    f"/{SITE}/not-counted?period={PERIOD}",
    f"/{SITE}/settings",
    f"/{SITE}/setup",
    f"/{SHOP}?period={PERIOD}",
    "/sites",
    "/account",
    "/status",
    "/identify",
    f"/opt-out/{SITE}",
)


class Page(NamedTuple):
    """Where a URL led, and what stands there: the heading, the figures, the panels' rows, the leads, the form."""

    status: int
    path: str
    heading: str
    figures: list[str]
    rows: list[list[str]]
    companies: list[str]
    form: list[list[str]]


def figures(run: Callable[..., str]) -> dict[str, Any]:
    """What the commands answer, in JSON; `run` gives what a command prints."""

    def ask(*command: str) -> Any:
        return json.loads(run(*command))

    leads = [[one, ask("leads", "--site", SITE, "--period", one, "--format", "json")] for one in (PERIOD, *WEEKS)]
    weekly = [[week, ask("report", "weekly", "--site", SITE, "--week", week, "--format", "json")] for week in WEEKS]
    asked = [[site, query, ask("query", "--site", site, json.dumps(query))] for site, query in queries()]
    return {"queries": asked, "leads": leads, "weekly": weekly}


def queries() -> Iterator[tuple[str, dict[str, Any]]]:
    for site in (SITE, SHOP):
        yield site, {"metrics": _METRICS, "date_range": _RANGE}
    for dimension in _DIMENSIONS:
        yield SITE, {"metrics": _METRICS[:3], "date_range": _RANGE, "dimensions": [dimension]}
    for one in _FILTERS:
        yield SITE, {"metrics": _METRICS[:3], "date_range": _RANGE, "filters": [one]}


class Visitor:
    """A browser without scripts that is signed in."""

    def __init__(self, service: RunningService, email: str) -> None:
        self._url = service.url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        token = re.search(r'name="csrf_token" value="([^"]+)"', self._read("/sign-in")[2])
        assert token is not None
        fields = {"email": email, "password": USERS[email], "csrf_token": token[1]}
        status, path, _ = self._read("/sign-in", urlencode(fields).encode())
        assert (status, path != "/sign-in") == (200, True)

    def _read(self, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        request = Request(self._url + path, body, {"Accept-Language": "fr"})
        try:
            with self._opener.open(request, timeout=30) as answer:
                return answer.status, urlsplit(answer.url).path, answer.read().decode()
        except HTTPError as refusal:
            return refusal.code, urlsplit(refusal.url or "").path, refusal.read().decode()

    def page(self, path: str) -> Page:
        status, at, html = self._read(path)
        html = _NEW_PANELS.sub("", html)
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
        return Page(
            status,
            at,
            _plain(heading[1]) if heading else "",
            [_plain(one) for one in re.findall(r'class="figure-value">(.*?)</span>', html, re.DOTALL)],
            [[_plain(part) for part in row] for row in (_ROW.findall(html) or _DETAILS.findall(html))],
            [_plain(one) for one in re.findall(r'class="lead-name"[^>]*>(.*?)</', html, re.DOTALL)],
            [[name, _plain(value)] for name, value in _FIELD.findall(html)],
        )

    def addresses(self, path: str) -> list[str]:
        """The email addresses that a page lists."""
        return [_plain(one) for one in re.findall(r'class="device-name"[^>]*>([^<@]+@[^<]+)', self._read(path)[2])]


# Panels that an overview did not have then.
_NEW_PANELS = re.compile(r'<section class="panel" id="panel-(?:goals|actions)".*?</section>', re.DOTALL)
_ROW = re.compile(r'class="row-label"[^>]*>(.*?)</a>\s*<span class="row-figure">([^<]+)<', re.DOTALL)
# All values of a dimension are a table since they have more figures than one; a page's path stands beside its title as before.
_DETAILS = re.compile(
    r'class="details-name"[^>]*>(.*?</a>(?: <span class="lead-place">[^<]*</span>)?).*?<td class="number">([^<]+)<',
    re.DOTALL,
)
_FIELD = re.compile(r'<textarea name="(recipients|excluded_networks)"[^>]*>(.*?)</textarea>', re.DOTALL)


def _plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def links_of(message: Any) -> list[str]:
    """The links of an email to the dashboard, as the paths that follow the public URL, and where it can be stopped."""
    html = message.get_body(("html",)).get_content()
    found = [unescape(one) for one in re.findall(r'href="([^"]+)"', html)] + [message["List-Unsubscribe"].strip("<>")]
    return sorted({one.removeprefix(BASE_URL) for one in found if one.startswith(BASE_URL)})


@contextmanager
def serving(data: Path, **settings: str) -> Iterator[RunningService]:
    """The service on a data folder, reached as behind a proxy of this machine."""
    service = RunningService(data, WEBLEADS_TRUSTED_PROXIES="127.0.0.1", **settings).start()
    try:
        yield service
    finally:
        service.stop()
