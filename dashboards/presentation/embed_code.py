"""What a publisher pastes into pages: the snippet, its pinned form, the image, the leads module, the opt-out page."""

from __future__ import annotations

from typing import NamedTuple

from tracker.collector.scripts import leads_path, published, versioned
from tracker.collector.wsgi import EVENT_PATH
from tracker.settings import Settings


class Tags(NamedTuple):
    """HTML to paste, `bundled` JavaScript; `server`, `script` and `events` are URLs.

    `pinned` is None where the scripts are not built.
    """

    server: str
    script: str
    events: str
    bundled: str
    plain: str
    pinned: str | None
    image: str
    leads: str
    opt_out_url: str


def tags(settings: Settings, domain: str) -> Tags:
    """Everything for the pages of one site."""
    url, path = settings.public_url, settings.script_path
    attributes = f'data-domain="{domain}"{_api(settings)}'
    line = f'<script defer {attributes} src="{url}{path}"></script>'
    return Tags(
        server=url,
        script=f"{url}{path}",
        events=f"{url}{settings.event_path}",
        bundled=_EVENTS_FROM_CODE,
        plain=line,
        pinned=_pinned(settings, attributes),
        image=f'<noscript><img src="{url}{settings.pixel_path}?d={domain}" alt="" width="1" height="1"'
        ' referrerpolicy="no-referrer-when-downgrade"></noscript>',
        leads=f'<script defer data-consent="tarteaucitron" src="{url}{leads_path(path)}"></script>\n{line}',
        opt_out_url=f"{url}/opt-out/{domain}",
    )


def _pinned(settings: Settings, attributes: str) -> str | None:
    built = published()
    if built is None:
        return None
    source = f"{settings.public_url}{versioned(settings.script_path, built.version)}"
    return (
        f'<script defer {attributes} src="{source}"\n  integrity="{built.integrity}" crossorigin="anonymous"></script>'
    )


# The queue of calls, which the snippet handles once it has loaded.
_EVENTS_FROM_CODE = """\
window.webleads = window.webleads || function () { (webleads.q = webleads.q || []).push(arguments); };
window.webleads("Signup", { props: { plan: "Pro" } });"""


def _api(settings: Settings) -> str:
    return "" if settings.event_path == EVENT_PATH else f' data-api="{settings.event_path}"'
