"""Serves the built snippet: compressed at build time, cached by browsers, answered from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

ASSETS = Path(__file__).parent / "assets"

# A change of the snippet reaches readers within the hour; a browser that has it asks with its ETag.
_CACHE = "public, max-age=3600, stale-while-revalidate=86400"
_NOT_BUILT = b"the snippet is not built: run `make build`\n"


class _Variant(NamedTuple):
    encoding: str | None
    body: bytes


class _Script(NamedTuple):
    etag: str
    variants: tuple[_Variant, ...]  # the best first


class Scripts:
    """A WSGI callable for /js/NAME.js."""

    def __init__(self, folder: Path = ASSETS) -> None:
        self._scripts = {path.name: _load(path) for path in sorted(folder.glob("*.js"))} if folder.is_dir() else {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        name = environ["PATH_INFO"].removeprefix("/js/")
        script = self._scripts.get(name)
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")], b"")
        if script is None:
            status = "404 Not Found" if self._scripts else "503 Service Unavailable"
            return _answer(
                start_response, status, [("Content-Type", "text/plain")], b"" if self._scripts else _NOT_BUILT
            )
        headers = [
            ("Cache-Control", _CACHE),
            ("ETag", script.etag),
            ("Vary", "Accept-Encoding"),
            ("Access-Control-Allow-Origin", "*"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if script.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers)
            return []
        variant = _best(script, environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers.append(("Content-Type", "text/javascript; charset=utf-8"))
        if variant.encoding:
            headers.append(("Content-Encoding", variant.encoding))
        return _answer(start_response, "200 OK", headers, variant.body, head=environ["REQUEST_METHOD"] == "HEAD")


def _load(path: Path) -> _Script:
    plain = path.read_bytes()
    packed = [
        _Variant(encoding, Path(f"{path}.{suffix}").read_bytes())
        for encoding, suffix in (("br", "br"), ("gzip", "gz"))
        if Path(f"{path}.{suffix}").exists()
    ]
    return _Script(f'"{blake2b(plain, digest_size=8).hexdigest()}"', (*packed, _Variant(None, plain)))


def _best(script: _Script, accepted: str) -> _Variant:
    """The smallest form that the client takes; one that it marks with q=0 is not taken (RFC 9110, 12.5.3)."""
    taken = {}
    for part in accepted.lower().split(","):
        coding, _, parameters = part.partition(";")
        taken[coding.strip()] = parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next(
        variant for variant in script.variants if variant.encoding is None or taken.get(variant.encoding, False)
    )


def _answer(
    start_response: Callable[..., Any], status: str, headers: list[tuple[str, str]], body: bytes, *, head: bool = False
) -> list[bytes]:
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [] if head else [body]
