"""Downloads a file over HTTP: completely or not at all, within limits of time and size. No message contains a key."""

from __future__ import annotations

import hashlib
import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from tracker.phrase import Phrase, message

_SECONDS = 30.0
_MOST_BYTES = 1_500_000_000
_PIECE = 1 << 17
# Who sends less for longer than it may be silent would be waited for until somebody looks.
_LEAST_BYTES_A_SECOND = 1_000
_AGENT = "webleads-tracker geo update"

# Called with the number of bytes so far and in total; the total is 0 when the server does not say it.
Progress = Callable[[int, int], None]


class DownloadFailed(RuntimeError):
    """The file was not fetched; `reason` says why in one line. `status` is the HTTP status if there was an answer."""

    def __init__(self, reason: Phrase, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects. Sends the key only to the host that it belongs to, and never follows to plain HTTP."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        before, after = urlsplit(req.full_url), urlsplit(newurl)
        if before.scheme == "https" and after.scheme != "https":
            raise DownloadFailed(
                Phrase(message("%(host)s redirects to a URL without encryption"), host=before.hostname)
            )
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new is not None and (before.scheme, before.netloc) != (after.scheme, after.netloc):
            new.remove_header("Authorization")
        return new


def fetch_text(url: str, headers: Mapping[str, str], *, seconds: float = _SECONDS) -> str:
    """Returns a short answer as text. Raises DownloadFailed."""
    with _open(url, headers, seconds) as answer:
        content: bytes = _guarded(url, lambda: answer.read(10_000))
    return content.decode("utf-8", "replace")


def fetch_file(
    url: str,
    headers: Mapping[str, str],
    target: Path,
    *,
    on_progress: Progress,
    seconds: float = _SECONDS,
    most_bytes: int = _MOST_BYTES,
) -> str:
    """Writes an answer to a file and returns its SHA-256 in hexadecimal.

    Raises DownloadFailed, OSError when the disk fails.
    """
    digest = hashlib.sha256()
    received, begun = 0, time.monotonic()
    with _open(url, headers, seconds) as answer, open(target, "wb") as file:
        said = answer.headers.get("Content-Length") or ""
        announced = int(said) if said.isascii() and said.isdigit() else 0
        # Whatever has come, and not a full piece: a timeout is for one read.
        while piece := _guarded(url, lambda: answer.read1(_PIECE)):
            received += len(piece)
            if time.monotonic() - begun > seconds + received / _LEAST_BYTES_A_SECOND:
                raise DownloadFailed(Phrase(message("%(host)s sends too slowly"), host=_place(url)))
            if received > most_bytes:
                raise DownloadFailed(
                    Phrase(message("%(host)s sends more than %(bytes)s bytes"), host=_place(url), bytes=most_bytes)
                )
            digest.update(piece)
            file.write(piece)
            on_progress(received, announced)
    if announced and received != announced:
        raise DownloadFailed(
            Phrase(
                message("%(host)s broke off after %(received)s of %(announced)s bytes"),
                host=_place(url),
                received=received,
                announced=announced,
            )
        )
    return digest.hexdigest()


def _open(url: str, headers: Mapping[str, str], seconds: float) -> Any:
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT, **headers})  # noqa: S310 - from providers.HOSTS
    opener = urllib.request.build_opener(_Redirects())
    has_key = "Authorization" in headers or bool(urlsplit(url).query)
    return _guarded(url, lambda: opener.open(request, timeout=seconds), has_key=has_key)


def _guarded(url: str, act: Callable[[], Any], *, has_key: bool = False) -> Any:
    try:
        return act()
    except urllib.error.HTTPError as problem:
        problem.close()
        raise DownloadFailed(_said(url, problem, has_key=has_key), problem.code) from None
    except TimeoutError:
        raise DownloadFailed(Phrase(_SILENT, host=_place(url))) from None
    except urllib.error.URLError as problem:
        if isinstance(problem.reason, TimeoutError):
            raise DownloadFailed(Phrase(_SILENT, host=_place(url))) from None
        unreached = Phrase(message("%(host)s cannot be reached (%(why)s)"), host=_place(url), why=problem.reason)
        raise DownloadFailed(unreached) from None
    except (http.client.HTTPException, ConnectionError) as problem:
        broken = Phrase(message("%(host)s broke off (%(why)s)"), host=_place(url), why=type(problem).__name__)
        raise DownloadFailed(broken) from None


_SILENT = message("%(host)s does not answer")
_OF_KEYS = {
    401: message("%(host)s refuses the key (HTTP %(status)s)"),
    403: message("%(host)s refuses the key, or this account may not have the database (HTTP %(status)s)"),
}
_MEANINGS = {
    404: message("%(host)s has no such file (HTTP %(status)s)"),
    429: message("%(host)s has answered too often today; it is tried again later (HTTP %(status)s)"),
}
_AWAY = message("%(host)s cannot give it now (HTTP %(status)s)")
_REFUSED = message("%(host)s refuses the request (HTTP %(status)s)")


def _said(url: str, problem: urllib.error.HTTPError, *, has_key: bool) -> Phrase:
    meanings = _MEANINGS | (_OF_KEYS if has_key else {})
    meaning = meanings.get(problem.code, _AWAY if problem.code >= 500 else _REFUSED)
    return Phrase(meaning, host=_place(url), status=problem.code)


def _place(url: str) -> str:
    """Returns the URL's host only: the rest of it may contain a key."""
    return str(urlsplit(url).hostname)
