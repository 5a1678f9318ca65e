"""Makes a URL of a raw referrer: some are escaped, quoted, named, doubled or followed by other text.

Pure. Text after the URL (a second URL, an application's remark) is not part of the referrer.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

_LONGEST = 4096
_MOST_ESCAPES = 3
_ESCAPED_SCHEME = re.compile(r"(?:https?|android-app|ios-app)(?::|%(?:25)*3a)(?:%(?:25)*2f|/){2}", re.IGNORECASE)
# Text before the URL: quotation marks, the name of the field, a second scheme with one slash or none.
_BEFORE = re.compile(
    r"[\s\"'<(\[`]*(?:(?:http[_-])?(?:referr?er|url|ref|source)\s*[=:]\s*)?[\s\"'<(\[`]*(?:https?:?/*(?=(?:https?:/|https?%3a)))?",
    re.IGNORECASE,
)
_FEW_SLASHES = re.compile(r"(https?):/?(?=[\w-]+\.[\w-])", re.IGNORECASE)
# The end of a URL: whitespace in any form, a quotation mark, a bracket of HTML or JSON, a second URL.
_AFTER = re.compile(r"[\s\"<>`|\\{}^]|%(?:22|3c|3e|0a|0d)|[,;]\s*(?=https?(?::|%3a)|$)", re.IGNORECASE)
_AFTER_HOST = re.compile(r"(?<=\w)(?:[^\w.:/?#@\[\]%-]|%(?:20|09|22|2c|3b|3c|3e|7c)).*", re.DOTALL | re.IGNORECASE)


def _has_odd_signs(referrer: str) -> bool:
    """Whether a referrer has any sign of being malformed. Almost none has, so the check must be fast."""
    # One by one: a regular expression takes five times as long.
    if "%" in referrer or " " in referrer or "," in referrer or '"' in referrer or "<" in referrer:
        return True
    odd = "|" in referrer or "\\" in referrer or ">" in referrer or "'" in referrer or "://" in referrer[8:16]
    return odd or not referrer.isprintable()


def plain_referrer(referrer: str) -> str:
    """Returns the URL in a referrer; any other text unchanged."""
    if referrer[:8].lower().startswith(("https://", "http://")) and not _has_odd_signs(referrer):
        return referrer
    text = referrer[:_LONGEST].strip()
    begins = _BEFORE.match(text)
    text = text[begins.end() :] if begins is not None else text
    escaped = _ESCAPED_SCHEME.match(text)
    if escaped is not None and "%" in escaped[0]:
        for _ in range(_MOST_ESCAPES):
            text = unquote(text)
            if "://" in text[:16]:
                break
    few = _FEW_SLASHES.match(text)
    if few is not None:
        text = f"{few[1]}://{text[few.end() :]}"
    scheme, mark, rest = text.partition("://")
    if not mark or len(scheme) > len("android-app"):
        return text if _ESCAPED_SCHEME.match(text) else referrer
    host, slash, path = rest.partition("/")
    plain_host = _AFTER_HOST.sub("", host)
    if plain_host != host:
        return f"{scheme}://{plain_host}"
    query = path.find("?")
    head = path if query < 0 else path[:query]
    ends = _AFTER.search(head)
    if ends is not None:
        return f"{scheme}://{host}{slash}{head[: ends.start()]}"
    return f"{scheme}://{host}{slash}{path}"
