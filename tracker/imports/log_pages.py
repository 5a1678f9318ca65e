"""Learns from the log itself which paths are pages. What browsers fetch together with a page is a part of that page.

Paths are grouped by shape: numbers and random texts are replaced, so ten thousand pictures of a shop are one shape. Only
requests of browsers are used, since programs follow links as fast as browsers fetch pictures. Memory is bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from enum import StrEnum
from posixpath import splitext

from tracker.enrichment.page.parse import tidy_path
from tracker.enrichment.remembered import remembered
from tracker.enrichment.source.url_parameters import without_campaign
from tracker.imports.log_line import LogLine

_MAX_SHAPES = 200_000
_MAX_BROWSERS = 50_000
_CACHED = 4_096
# A browser fetches the parts of a page within so many seconds. Nobody has read the page by then.
_WITH_ITS_PAGE_SECONDS = 3
# A part is fetched with at least so many other files of its page. A quick click on a link is a single request.
_COMPANY = 2
_MOSTLY = 0.8
# For a path that was fetched only once more is needed: more files with it, and a small size.
_COMPANY_OF_ONE, _SMALL = 3, 0.5
# Nobody clicks on three links of a page within those seconds.
_CROWD = 3
_TINY = 0.1
_ENOUGH_OF_FOLDER = 4

# Without endings that often belong to a name, as in /reviews/bun.sh, /tools/crates.io, /people/j.ai.
_ASSETS = frozenset(
    (
        "css js mjs cjs map wasm png jpg jpeg jpe jfif gif webp avif jxl svg svgz ico bmp tif tiff heic heif psd eps"
        " woff woff2 ttf otf eot mp3 mp4 m4a m4v m3u8 mpd ts webm ogg oga ogv opus wav flac aac avi mov mkv wmv flv swf"
        " vtt srt pdf epub mobi azw3 djvu doc docx docm dot xls xlsx xlsm ppt pptx pps odt ods odp odg rtf csv tsv txt"
        " xml xsl xslt json jsonld geojson webmanifest yaml yml toml ini conf log sql bak old swp sqlite db"
        " zip gz tgz bz2 xz zst tbz txz 7z rar tar jar war ear class whl gem crate deb rpm apk aab ipa msi exe dmg pkg iso"
        " img bin dat vcf ics kml kmz gpx torrent sig asc md5 sha1 sha256 sha512 pem crt cer der p12"
        " cpp hpp ino py pyc rb lua java patch diff spec tex bib parquet ipynb"
    ).split()
)
_ICON = re.compile(
    r"/(?:favicon|apple-touch-icon|android-chrome|mstile)[^/]*\.(?:ico|png|svg|gif|jpe?g|webp)$", re.IGNORECASE
)
# Files that programs request.
_MACHINE = re.compile(
    r"^/(?:(?:robots|ads|app-ads|humans|security|llms|llms-full)\.txt|sitemap[^/]*\.(?:xml|xsl|txt)(?:\.gz)?|\.well-known/.*"
    r"|browserconfig\.xml|crossdomain\.xml|manifest\.json|(?:service-?worker|sw)\.js)$",
    re.IGNORECASE,
)
_WORDPRESS = re.compile(
    r"/(?:wp-json/.*|(?:xmlrpc|wp-login|wp-cron)\.php|wp-(?:admin|content|includes)/.*)$", re.IGNORECASE
)
_FEED = re.compile(
    r"/(?:feed|rss|atom|rss2|rdf)(?:/(?:rss2?|atom|rdf))?/?$|[/.](?:feed|rss|rss2|atom|rdf|index\.rdf)(?:\.xml|\.json|\.php)?$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|flav|format)=(?:rss|atom|rdf|feed)", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[a-f-]*\d)[0-9a-f-]{8,}|\d+", re.IGNORECASE)


class PathKind(StrEnum):
    """What a path is. Only pages are counted."""

    PAGE = "page"
    PART = "part"
    FEED = "feed"
    MACHINE = "machine"
    ASSET = "asset"


def plain_path(target: str) -> str:
    """Returns the path of a target, without its query, session ids and doubled slashes."""
    return tidy_path(target.partition("?")[0].partition("#")[0]) or "/"


@remembered(_CACHED)
def shape_of(target: str) -> str:
    """Returns the shape of a target: its path with `0` for numbers and random texts, and its parameters' names."""
    query = target.partition("?")[2].partition("#")[0]
    shape = _RANDOM.sub("0", plain_path(target)[:200])
    if query:
        names = {pair.partition("=")[0][:20] for pair in without_campaign(query[:400]).split("&")} - {""}
        shape = f"{shape}?{'&'.join(sorted(names)[:6])}" if names else shape
    return shape


@remembered(_CACHED)
def kind_by_name(target: str) -> PathKind:
    """Returns what a target is by its name alone. What the log shows may overrule it."""
    path = plain_path(target)
    if _MACHINE.search(path) or _ICON.search(path):
        return PathKind.MACHINE
    if _FEED.search(path) or _FEED_QUERY.search(target.partition("?")[2]):
        return PathKind.FEED
    if splitext(path)[1][1:].lower() in _ASSETS:
        return PathKind.ASSET
    return PathKind.MACHINE if _WORDPRESS.search(path) else PathKind.PAGE


class _Evidence:
    __slots__ = ("alone", "beside", "company", "crowd", "entered", "leads", "leads_to_page", "size")

    def __init__(self) -> None:
        self.alone = 0  # fetches like a page's: from another site, or long after the page that links to it
        self.beside = 0  # fetches like a part's: within seconds of a page, together with others
        self.company = 0  # the maximum of other files of the same page that were fetched with it
        self.crowd = 0  # the maximum of those that are pages by their names
        self.size = 0.0  # the maximum size, as a fraction of its page's
        self.entered = 0  # fetches without a referrer of the site
        self.leads = self.leads_to_page = False  # is the referrer of others; of one that is a page by its name

    def see(self, company: int, crowd: int, size: float, *, is_entered: bool) -> None:
        """Counts one fetch. `company` is the number of files fetched with it; 0 for a fetch like a page's."""
        self.entered += is_entered
        if not company:
            self.alone += 1
            return
        self.beside += 1
        self.company, self.crowd = max(self.company, company), max(self.crowd, crowd)
        self.size = max(self.size, size)


class _Browser:
    """What one browser has fetched since its last pause."""

    __slots__ = ("fetched", "last")

    def __init__(self, now: float) -> None:
        self.last = now
        self.fetched: list[tuple[str, float, int, str | None]] = []


class PageLessons:
    """Learns in the first reading what the paths are. `hosts` are the site's own hosts, as referrers have them."""

    def __init__(
        self, hosts: Collection[str], *, max_shapes: int = _MAX_SHAPES, max_browsers: int = _MAX_BROWSERS
    ) -> None:
        self._hosts = frozenset(hosts)
        self._max_shapes, self._max_browsers = max_shapes, max_browsers
        self._shapes: dict[str, _Evidence] = {}
        self._folders: dict[str, _Evidence] = {}
        self._browsers: dict[int, _Browser] = {}
        self._own_shape = remembered(_CACHED)(self._look_up)

    def see(self, line: LogLine, browser: int) -> None:
        """Learns from a successful GET. `browser` is the number of the browser."""
        referrer = self._own_shape(line.referrer) if line.referrer else None
        shape = shape_of(line.target)
        if referrer is not None and referrer != shape and not _ICON.search(plain_path(line.target)):
            self._leads(referrer, to_page=kind_by_name(line.target) is PathKind.PAGE)
        now = line.at.timestamp()
        running = self._browsers.get(browser)
        if running is None:
            running = self._browsers[browser] = _Browser(now)
            self._make_room()
        elif abs(now - running.last) > _WITH_ITS_PAGE_SECONDS or len(running.fetched) >= 500:
            self._end(running)
        running.last = now
        running.fetched.append((shape, now, line.size, referrer))

    def _leads(self, shape: str, *, to_page: bool) -> None:
        for page in (self._evidence(shape), self._of_folder(shape)):
            if page is not None:
                page.leads = True
                page.leads_to_page = page.leads_to_page or to_page

    def finish(self) -> None:
        """Ends the first reading."""
        for browser in self._browsers.values():
            self._end(browser)
        self._browsers.clear()

    def is_own(self, referrer: str | None) -> bool:
        """Returns whether a referrer is a page of the site."""
        return referrer is not None and self._own_shape(referrer) is not None

    def kind_of(self, target: str) -> PathKind:
        """Returns what a target is: by what the log shows, else by its name."""
        by_name, seen = kind_by_name(target), self._shapes.get(shape_of(target))
        if seen is None or by_name is PathKind.MACHINE:
            return by_name
        if seen.leads:
            return PathKind.PAGE if by_name is not PathKind.ASSET or _is_page_all_the_same(seen) else by_name
        if by_name is PathKind.PAGE and (_is_part(seen) or (_is_rare(seen) and self._is_folder_of_parts(target))):
            return PathKind.PART
        return by_name

    def _is_folder_of_parts(self, target: str) -> bool:
        """Whether the other paths in a rare path's folder are parts, such as pictures that each have their own name."""
        folder = self._folders.get(_folder(shape_of(target)))
        return folder is not None and not folder.leads and folder.beside >= _ENOUGH_OF_FOLDER and _is_part(folder)

    def _of_folder(self, shape: str) -> _Evidence:
        folder = _folder(shape)
        found = self._folders.get(folder)
        if found is None:
            found = _Evidence()
            if folder and len(self._folders) < self._max_shapes:
                self._folders[folder] = found
        return found

    def _evidence(self, shape: str) -> _Evidence | None:
        found = self._shapes.get(shape)
        if found is None and len(self._shapes) < self._max_shapes:
            found = self._shapes[shape] = _Evidence()
        return found

    def _end(self, browser: _Browser) -> None:
        """Learns from the fetches until a pause: which files came with which page, in whatever order they were logged."""
        pages = {shape: (at, size) for shape, at, size, _ in browser.fetched}
        of_page = Counter(referrer for _, _, _, referrer in browser.fetched)
        like_pages = Counter(
            referrer for shape, _, _, referrer in browser.fetched if kind_by_name(shape) is PathKind.PAGE
        )
        for shape, at, size, referrer in browser.fetched:
            page = pages.get(referrer) if referrer not in (None, shape) else None
            company = of_page[referrer] - 1
            is_beside = page is not None and company >= _COMPANY and abs(at - page[0]) <= _WITH_ITS_PAGE_SECONDS
            share = size / page[1] if page is not None and page[1] > 0 else 0.0
            for seen in (self._evidence(shape), self._of_folder(shape)):
                if seen is not None:
                    seen.see(company if is_beside else 0, like_pages[referrer], share, is_entered=referrer is None)
        browser.fetched.clear()

    def _make_room(self) -> None:
        if len(self._browsers) > self._max_browsers:
            self._end(self._browsers.pop(next(iter(self._browsers))))

    def _look_up(self, referrer: str) -> str | None:
        scheme, separator, rest = referrer.partition("://")
        if not separator or scheme not in ("http", "https"):
            return None
        host, slash, path = rest.partition("/")
        return shape_of(f"{slash}{path}" or "/") if host.partition(":")[0].lower() in self._hosts else None


def _folder(shape: str) -> str:
    """Returns the folder of a shape; empty for the site's root, which contains everything."""
    return shape.partition("?")[0].rpartition("/")[0]


def _is_rare(seen: _Evidence) -> bool:
    return seen.alone + seen.beside <= 1


def _is_part(seen: _Evidence) -> bool:
    if (
        seen.beside and not seen.entered and 0 < seen.size <= _TINY
    ):  # data that a page's script requests, at once and later
        return True
    if seen.beside < _MOSTLY * (seen.beside + seen.alone):
        return False
    if seen.beside > 1 or seen.crowd >= _CROWD:
        return True
    return seen.company >= _COMPANY_OF_ONE and seen.size <= _SMALL


def _is_page_all_the_same(seen: _Evidence) -> bool:
    """Whether a path that has a file's name is a page, such as `/guides/node.js`.

    A style sheet is the referrer of its fonts, as a page is of its parts. But it is fetched together with its page, and
    nobody comes to it from another site.
    """
    if 2 * seen.entered >= seen.alone + seen.beside:
        return True
    return seen.leads_to_page and seen.alone > seen.beside
