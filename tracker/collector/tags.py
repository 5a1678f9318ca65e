"""What a publisher pastes into pages: the snippet, its pinned form, the image, the leads module, the opt-out links."""

from __future__ import annotations

from typing import NamedTuple

from tracker.collector.scripts import leads_path, published, versioned
from tracker.collector.wsgi import EVENT_PATH
from tracker.settings import Settings


class Tags(NamedTuple):
    """HTML to paste. `pinned` is None where the scripts are not built."""

    plain: str
    pinned: str | None
    image: str
    leads: str
    opt_out_address: str
    opt_out_links: str


def tags(settings: Settings, domain: str) -> Tags:
    """Everything for the pages of one site."""
    url, path = settings.public_url, settings.script_path
    line = f'<script defer data-domain="{domain}"{_api(settings)} src="{url}{path}"></script>'
    return Tags(
        plain=line,
        pinned=_pinned(settings, domain),
        image=f'<noscript><img src="{url}{settings.pixel_path}?d={domain}" alt="" width="1" height="1"'
        ' referrerpolicy="no-referrer-when-downgrade"></noscript>',
        leads=f'<script defer data-consent="tarteaucitron" src="{url}{leads_path(path)}"></script>\n{line}',
        opt_out_address=f"{url}/opt-out/{domain}",
        opt_out_links='<a href="?webleads=off">Do not count me</a> · <a href="?webleads=on">Count me</a>',
    )


def _pinned(settings: Settings, domain: str) -> str | None:
    built = published()
    if built is None:
        return None
    source = f"{settings.public_url}{versioned(settings.script_path, built.version)}"
    return (
        f'<script defer data-domain="{domain}"{_api(settings)} src="{source}"\n'
        f'  integrity="{built.integrity}" crossorigin="anonymous"></script>'
    )


def _api(settings: Settings) -> str:
    return "" if settings.event_path == EVENT_PATH else f' data-api="{settings.event_path}"'
