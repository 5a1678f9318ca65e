"""Random hostile input by a seed: bodies, URLs, agents and whole requests. Each call makes one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any

SITE = "blog.example.fr"
MOST_BODY_BYTES = 300_000

_FIELDS = (
    "n name u url d domain r referrer p props m meta h hash $ revenue i interactive e sd v t title l language w screen_width"
    " id age vid wd consent email company token batch"
).split()
_TEXTS = (
    "", " ", "pageview", "engagement", "Identify", "\x00", "\x1b[2J", "\u202eabc", "\ufeff", "é" * 300, "𝕏" * 200, "\\ud800", "null", "true",
    "1e999", "-1", "<script>alert(1)</script>", "' OR 1=1 --", "=cmd|' /C calc'!A0", "../../etc/passwd", "%00%ff%C0%AF", "a" * 3_000,
    "\r\nSet-Cookie: a=b", "http://[::1", "http://a@b@c", "xn--a", "٣", "1/0/0001",
)  # fmt: skip
_URLS = (
    f"https://{SITE}/", f"https://{SITE}//a//b", f"http://{SITE}:99999/", f"https://user:secret@{SITE}/", "https://", "http:///x", "//", "app://localhost/login",
    "capacitor://localhost/", "file:///C:/x.htm", "javascript:alert(1)", "data:text/html,x", f"https://{SITE}/%", f"https://{SITE}/%FF%FE", f"https://{SITE}/?utm_source=%",
    f"https://{SITE}/?a=1?b=2&&&;;==", f"https://{SITE}/#{'x' * 9000}", f"https://{SITE}/{'y' * 9000}", f"https://{SITE}\\evil.example/", "https://[::1]:8/", "https://127.0.0.1/",
    "https://xn--ls8h.la/", "https://blog.example.fr./", "HTTPS://BLOG.EXAMPLE.FR/A", f"https://{SITE}/\ud83d", f"https://{SITE}/\u202e", "http://" + "a." * 200 + "fr/",
)  # fmt: skip
_AGENTS = (
    "", "-", "a" * 5000, "\x7f", "Mozilla/5.0", "Mozilla/5.0 (" * 300, ")" * 500, "curl/8", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/999999999999999999999.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 99999999999_0 like Mac OS X)", "Ünï/1.0", "%s%n", "Firefox/" + "9" * 400,
)  # fmt: skip
_NUMBERS = (0, -1, 1, 2**31, 2**63, 2**64, -(2**70), 1e308, -1e308, 0.1, 1e-320, 10**400)


def text(chance: Random) -> str:
    """Returns a text: a known bad one, letters of any script, or several together."""
    if chance.random() < 0.6:
        return chance.choice(_TEXTS)
    letters = "".join(
        chr(chance.choice((chance.randrange(0x20, 0x7F), chance.randrange(0x110000))))
        for _ in range(chance.randrange(40))
    )
    return letters * chance.choice((1, 1, 1, 50))  # fmt: skip


def url(chance: Random) -> str:
    found = chance.choice(_URLS)
    if chance.random() < 0.3:
        place = chance.randrange(len(found) + 1)
        found = found[:place] + text(chance)[:200] + found[place:]
    return found


def agent(chance: Random) -> str:
    return chance.choice(_AGENTS) if chance.random() < 0.7 else text(chance)[:2000]


def value(chance: Random, depth: int = 0) -> Any:
    """Any JSON value."""
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind < 2:
        return text(chance)
    if kind == 2:
        return chance.choice(_NUMBERS)
    if kind == 3:
        return chance.choice((True, False, None))
    if kind == 4:
        return url(chance)
    if kind == 5:
        return chance.randrange(-1000, 100_000)
    if kind == 6:
        return [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {text(chance)[:200]: value(chance, depth + 1) for _ in range(chance.randrange(4))}


def event(chance: Random) -> dict[str, Any]:
    """Returns an event that is nearly right: its fields have the right names, but most values have the wrong type."""
    made: dict[str, Any] = {"n": "pageview", "u": url(chance), "d": SITE}
    for name in chance.sample(_FIELDS, chance.randrange(5)):
        made[name] = value(chance)
    return made


def _dumped(thing: Any) -> bytes:
    return json.dumps(thing, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _event(chance: Random) -> bytes:
    return _dumped(event(chance))


def _nested(chance: Random) -> bytes:
    """Returns an event with nested brackets somewhere, from a few to as many as a body may have."""
    depth = chance.choice((30, 31, 32, 33, 34, 100, chance.randrange(900, 1_010)))
    if chance.random() < 0.02:
        depth = chance.choice((7_000, 40_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")))
    inner = opening * depth + b"1" + closing * chance.choice((depth, depth, 0, depth - 1))
    field = chance.choice(_FIELDS).encode()
    if chance.random() < 0.2:
        inner = json.dumps(inner.decode()).encode()  # as text that is decoded again
    return b'{"n":"pageview","u":"https://' + SITE.encode() + b'/","d":"' + SITE.encode() + b'","' + field + b'":' + inner + b"}"  # fmt: skip


def _batch(chance: Random) -> bytes:
    members: list[Any] = [
        event(chance) if chance.random() < 0.8 else value(chance)
        for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 3, 3, 3, 51 if chance.random() < 0.1 else 3)))
    ]
    return _dumped({"batch": members})  # fmt: skip


def _broken(chance: Random) -> bytes:
    """Returns a body that was damaged in transit."""
    body = bytearray(_event(chance)[:5000])
    for _ in range(chance.randrange(1, 6)):
        place = chance.randrange(len(body) + 1)
        body[place : place + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(3)))
    return bytes(body[: chance.choice((len(body), chance.randrange(len(body) + 1)))])


def _noise(chance: Random) -> bytes:
    return chance.randbytes(chance.randrange(200))


def _encoded(chance: Random) -> bytes:
    made = _event(chance).decode("utf-8", "replace")
    return made.encode(chance.choice(("utf-16", "utf-32", "utf-8-sig", "utf-7")), "replace")


def _doubled(chance: Random) -> bytes:
    """Returns an object with the same key many times."""
    name = chance.choice(_FIELDS)
    some = [f"{json.dumps(name)}:{json.dumps(value(chance))}"[:2000] for _ in range(3)]
    pairs = ",".join(some * chance.choice((1, 1, 2, 100)))
    return f'{{"n":"pageview","u":"https://{SITE}/","d":"{SITE}",{pairs}}}'.encode()


def _large(chance: Random) -> bytes:
    name, size = chance.choice(_FIELDS), chance.choice((16_300, 16_500, 100_000, 262_000))
    return _dumped({"n": "pageview", "u": f"https://{SITE}/", "d": SITE, name: "x" * size})


_BODIES: tuple[Callable[[Random], bytes], ...] = (
    _event,
    _event,
    _event,
    _nested,
    _batch,
    _broken,
    _noise,
    _encoded,
    _doubled,
)


def body(chance: Random) -> bytes:
    """A request's body."""
    made = _large(chance) if chance.random() < 0.002 else chance.choice(_BODIES)(chance)
    return made[:MOST_BODY_BYTES]


def line(chance: Random, good: bytes) -> bytes:
    """Returns an invalid journal line: `good` with damage, with an impossible time, or any bytes."""
    kind = chance.randrange(4)
    if kind == 0:
        year = chance.choice((b"0001", b"9999", b"0000", b"1969", b"2262", b"+292277026596"))
        return re.sub(rb'"received_at":"\d{4}', b'"received_at":"' + year, good)
    if kind == 1:
        return body(chance)[:5000]
    if kind == 2:
        return good.replace(b'"n":"pageview"', b'"n":"pageview","p":' + b"[" * 990 + b"]" * 990)
    damaged = bytearray(good)
    for _ in range(chance.randrange(1, 5)):
        place = chance.randrange(len(damaged))
        damaged[place : place + 3] = chance.randbytes(chance.randrange(4))
    return bytes(damaged)
