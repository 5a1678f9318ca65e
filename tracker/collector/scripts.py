"""Serves the built scripts: compressed at build time, cached by browsers, answered from memory.

A script has two URLs: `/js/webleads.js`, cached for an hour, and one with its version (`/js/webleads.0123456789ab.js`),
cached for good, for pages that pin it by its integrity value. Published versions are kept in the data folder, so that
pinned pages are still counted after an upgrade.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
from base64 import b64encode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

log = logging.getLogger(__name__)

ASSETS = Path(__file__).parent / "assets"
SCRIPT_PATH = "/js/webleads.js"

# A change of the snippet reaches visitors within the hour; a browser that has it asks with its ETag.
_CACHE = "public, max-age=3600, stale-while-revalidate=86400"
_CACHE_FOR_GOOD = "public, max-age=31536000, immutable"
_NOT_BUILT = b"the snippet is not built: run `make build`\n"
_SUFFIXES = {"br": "br", "gzip": "gz"}  # the best first
_VERSIONED = re.compile(r"(?P<name>webleads[a-z-]*)\.(?P<version>[0-9a-f]{12})\.js")


class Published(NamedTuple):
    """What a page needs to load a script: its version and its Subresource Integrity value."""

    version: str
    integrity: str


class _Variant(NamedTuple):
    encoding: str | None
    body: bytes


class _Script(NamedTuple):
    etag: str
    variants: tuple[_Variant, ...]  # the best first
    cache: str


class Scripts:
    """A WSGI callable for the scripts. `path` is a second path at which the snippet is served.

    `kept` is the folder of the versions that were published; without one only the built version is served.
    """

    def __init__(self, folder: Path = ASSETS, *, path: str = SCRIPT_PATH, kept: Path | None = None) -> None:
        built = {file.stem: file for file in sorted(folder.glob("webleads*.js"))} if folder.is_dir() else {}
        self._is_built = bool(built)
        self._scripts: dict[str, _Script] = {}
        for name, file in built.items():
            version = _version(file.read_bytes())
            for base in dict.fromkeys((_script_url(SCRIPT_PATH, name), _script_url(path, name))):
                self._scripts[base] = _load(file, version, _CACHE)
                self._scripts[versioned(base, version)] = _load(file, version, _CACHE_FOR_GOOD)
            if kept is not None:
                _keep(file, version, kept)
        for file in sorted(kept.glob("webleads*.js")) if kept is not None and kept.is_dir() else ():
            match = _VERSIONED.fullmatch(file.name)
            if match and _version(file.read_bytes()) == match["version"]:
                for base in (_script_url(SCRIPT_PATH, match["name"]), _script_url(path, match["name"])):
                    script = _load(file, match["version"], _CACHE_FOR_GOOD)
                    self._scripts.setdefault(versioned(base, match["version"]), script)

    def serves(self, path: str) -> bool:
        """Whether a request for the path is for a script."""
        return path.startswith("/js/") or path in self._scripts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        script = self._scripts.get(environ["PATH_INFO"])
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return _answer(start_response, "405 Method Not Allowed", [("Allow", "GET, HEAD")], b"")
        if script is None:
            status = "404 Not Found" if self._is_built else "503 Service Unavailable"
            body = b"" if self._is_built else _NOT_BUILT
            return _answer(
                start_response, status, [("Content-Type", "text/plain"), ("Cache-Control", "no-store")], body
            )
        headers = [
            ("Cache-Control", script.cache),
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


def published(name: str = "webleads", folder: Path = ASSETS) -> Published | None:
    """What the build published of a script; None when it is not built."""
    try:
        content = (folder / f"{name}.js").read_bytes()
    except FileNotFoundError:
        return None
    return Published(_version(content), f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}")


def versioned(path: str, version: str) -> str:
    """The path of one version: `/js/webleads.js` is `/js/webleads.0123456789ab.js`."""
    return f"{path.removesuffix('.js')}.{version}.js"


def leads_path(path: str) -> str:
    """Where the leads module is when the snippet is at `path`."""
    return _script_url(path, "webleads-leads")


def _script_url(path: str, name: str) -> str:
    """Where a script is when the snippet is at `path`: a module's name is the snippet's with the module's own ending."""
    return f"{path.removesuffix('.js')}{name.removeprefix('webleads')}.js"


def _version(content: bytes) -> str:
    """The build's own: equal scripts have equal versions."""
    return hashlib.sha256(content).hexdigest()[:12]


def _keep(file: Path, version: str, kept: Path) -> None:
    """Copies a built script and its compressed forms, each under its own name at once or not at all."""
    try:
        kept.mkdir(exist_ok=True)
        for suffix in (*(f".js.{one}" for one in _SUFFIXES.values()), ".js"):
            source, target = file.with_suffix(suffix), kept / f"{file.stem}.{version}{suffix}"
            if source.exists() and not target.exists():
                part = target.with_name(f".{target.name}.{os.getpid()}")
                part.write_bytes(source.read_bytes())
                part.replace(target)
    except OSError as problem:
        log.warning("version %s of %s.js cannot be kept for later: %s", version, file.stem, problem.strerror)


def _load(path: Path, version: str, cache: str) -> _Script:
    packed = [
        _Variant(encoding, Path(f"{path}.{suffix}").read_bytes())
        for encoding, suffix in _SUFFIXES.items()
        if Path(f"{path}.{suffix}").exists()
    ]
    return _Script(f'"{version}"', (*packed, _Variant(None, path.read_bytes())), cache)


def _best(script: _Script, accepted: str) -> _Variant:
    """The smallest encoding that the client accepts; one with q=0 is refused (RFC 9110, 12.5.3)."""
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
