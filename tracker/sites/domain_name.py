"""The name of a site or host in its one form, however it is written, and as people read it.

Pure. One function reads names wherever they are added, looked up or claimed by a hit, so that no two parts disagree.
Names beyond ASCII are IDNA 2008 after the mapping of UTS 46, as browsers have it
(https://www.unicode.org/reports/tr46/, https://url.spec.whatwg.org/#idna); they are kept in Punycode.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from ipaddress import ip_address

import idna

# Whatever is longer is not looked at: neither a name nor a URL that holds one is so long, and a cache's keys are bounded.
LONGEST_TEXT = 1024
_LONGEST_NAME = 253  # RFC 1035, 2.3.4
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?")
_SCHEME = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?[/\\]{2}|\s*", re.IGNORECASE)
_PORT = re.compile(r":\d*$")
# The only name without a dot that is one, for those who try things out.
_LOCAL_NAME = "localhost"

# Scripts that are written together; a label of any other mixture may be made to look like another name.
# The rule is that of browsers: https://chromium.googlesource.com/chromium/src/+/main/docs/idn.md
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
_LOOKS_LATIN = {
    "CYRILLIC": frozenset("асԁеһіјӏорԛѕԝхуъЬҽпгѵѡ"),
    "GREEK": frozenset("αεικνορτυχγηω"),
}


def plain_domain(text: str) -> str | None:
    """The name in `text`, which may be a URL: `https://WWW.Exemple.fr:443/blog` is `exemple.fr`; None when there is none."""
    return _plain(text) if len(text) <= LONGEST_TEXT else None


@lru_cache(maxsize=1024)
def _plain(text: str) -> str | None:
    host = split_name(text)[0].rpartition("@")[2]
    name = ascii_name(_PORT.sub("", host))
    if name is None:
        return None
    without = name.removeprefix("www.")
    if "." in without or without == _LOCAL_NAME:
        name = without
    labels = name.split(".")
    if (len(labels) == 1 and name != _LOCAL_NAME) or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name if all(_is_readable(label) for label in labels) else None


def split_name(text: str) -> tuple[str, str]:
    """The authority in a text, and what follows it: `("exemple.fr:443", "/blog")`; characters in another width are plain."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    authority = plain[_SCHEME.match(plain).end() :].strip()  # type: ignore[union-attr]  # it matches nothing too
    place = re.search(r"[/?#\\]", authority)
    return (authority[: place.start()], authority[place.start() :]) if place else (authority, "")


def ascii_name(host: str) -> str | None:
    """A host's name in lower case, in Punycode and without its final dot; None when it cannot be written so."""
    if host.isascii():
        name = host.lower().rstrip(".")
    else:
        try:
            name = idna.encode(host.rstrip(".。．｡"), uts46=True).decode("ascii").lower()
        except (idna.IDNAError, UnicodeError):
            try:  # signs that only the older standard has, such as a heart, and underscores beside accents
                name = host.encode("idna").decode("ascii").lower().rstrip(".")
            except UnicodeError:
                return None
    return name if name and len(name) <= _LONGEST_NAME else None


def plain_host(authority: str) -> str | None:
    """The host of `user:password@host:port`, lower case and in Punycode; None when it cannot be one."""
    is_kept = len(authority) <= _LONGEST_NAME and authority.isascii()
    return (_host_of if is_kept else _host_of.__wrapped__)(authority)


@lru_cache(maxsize=8_192)
def _host_of(authority: str) -> str | None:
    if len(authority) <= _LONGEST_NAME and _is_host(authority):
        return authority
    host = authority.rpartition("@")[2].lower()
    if host.startswith("["):
        inside, bracket, _ = host[1:].partition("]")
        return inside if bracket and _is_ip(inside) else None
    host = host.partition(":")[0].rstrip(".")
    if len(host) > _LONGEST_NAME:
        return None
    if not host.isascii():
        host = ascii_name(host) or ""
    return host if _is_host(host) else None


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None and ".." not in text


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_readable(label: str) -> bool:
    """Whether a label that says it is Punycode is."""
    if not label.startswith("xn--"):
        return True
    try:
        return bool(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return False


@lru_cache(maxsize=1024)
def shown_domain(domain: str) -> str:
    """A name as it is kept, in its own script: `xn--caf-dma.fr` is `café.fr`.

    It stays in Punycode where it could be taken for another: letters of several scripts in one label, or letters of
    another script that all look like Latin ones.
    """
    if "xn--" not in domain:
        return domain
    try:
        labels = [idna.ulabel(label) if label.startswith("xn--") else label for label in domain.split(".")]
    except (idna.IDNAError, UnicodeError):
        return domain
    return domain if any(_deceives(label) for label in labels) else ".".join(labels)


def _deceives(label: str) -> bool:
    if label.isascii():
        return False
    scripts = {_script(letter) for letter in label if unicodedata.category(letter)[0] == "L"}
    if len(scripts) > 1 and not any(scripts <= together for together in _TOGETHER):
        return True
    return any(
        scripts == {script} and all(letter in alike or not letter.isalpha() for letter in label)
        for script, alike in _LOOKS_LATIN.items()
    )


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
