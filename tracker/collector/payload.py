"""What a client may send: a request's body becomes wire events, or a problem that names the field and the reason.

Checks only what needs no database. Limits follow Plausible's Events API where it states one
(https://plausible.io/docs/events-api): 120 characters of a name, 2,000 and more of a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote_to_bytes

import msgspec

from tracker.hit import WireEvent

MAX_EVENT_BYTES = 16 * 1024
MAX_BATCH = 50
MAX_BODY_BYTES = 256 * 1024
_MAX_NAME = 120
_MAX_URL = 4096
_MAX_DOMAINS = 10
_MAX_DOMAIN = 253


class Problem(Exception):
    """Why a request is refused: the HTTP status, the field and a sentence."""

    def __init__(self, status: int, field: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.field = field
        self.message = message


class _Body(WireEvent, omit_defaults=True):
    """A request's body: one event, or several under `batch`."""

    batch: list[WireEvent] | None = None


_decode = msgspec.json.Decoder(_Body).decode
_TYPE_PROBLEM = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`(?: - at `\$(?P<where>[^`]*)`)?")
_TYPE_WORDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
}


def read_events(body: bytes) -> list[WireEvent]:
    """The checked events of a request's body, one for each domain that an event names. Raises Problem."""
    if not body.strip():
        raise Problem(400, "body", "the body is empty; send an event as a JSON object")
    if len(body) > MAX_BODY_BYTES:
        raise Problem(413, "body", f"the body has {len(body):,} bytes; at most {MAX_BODY_BYTES:,} are taken")
    parsed = _parse(body)
    if parsed.batch is None:
        if len(body) > MAX_EVENT_BYTES:
            raise Problem(413, "body", f"the event has {len(body):,} bytes; at most {MAX_EVENT_BYTES:,} are taken")
        _check(parsed, "")
        return [parsed] if "," not in (parsed.site_domain or "") else list(_for_each_domain(parsed))
    return _read_batch(parsed.batch)


def _read_batch(batch: list[WireEvent]) -> list[WireEvent]:
    if not batch:
        raise Problem(400, "batch", "`batch` is empty; put at least one event in it")
    if len(batch) > MAX_BATCH:
        raise Problem(413, "batch", f"`batch` has {len(batch)} events; at most {MAX_BATCH} are taken")
    events: list[WireEvent] = []
    for index, event in enumerate(batch):
        _check(event, f"batch[{index}].")
        events += _for_each_domain(event)
    return events


def read_pixel(query: str, referer: str) -> list[WireEvent]:
    """The pageview that a pixel's address tells; the page is `u`, else the one that shows the image. Raises Problem."""
    given = parse_qs(query[:MAX_EVENT_BYTES], max_num_fields=50, errors="replace")
    first = {key: values[0] for key, values in given.items()}
    event = WireEvent(
        name=first.get("n") or "pageview",
        url=first.get("u") or referer,
        domain=first.get("d") or None,
        referrer=first.get("r") or None,
        title=first.get("t") or None,
    )
    _check(event, "")
    return list(_for_each_domain(event))


def read_query(query: str, _referer: str) -> list[WireEvent]:
    """The event that stands as JSON in an image's address, from browsers that cannot post. Raises Problem."""
    return read_events(unquote_to_bytes(query[: 3 * MAX_EVENT_BYTES]))


def _parse(body: bytes) -> _Body:
    try:
        return _decode(body)
    except msgspec.ValidationError as problem:
        raise _type_problem(str(problem)) from None
    except msgspec.DecodeError as problem:
        raise Problem(400, "body", f"the body is not valid JSON: {problem}") from None
    except UnicodeDecodeError:
        raise Problem(400, "body", "the body is not valid UTF-8") from None
    except RecursionError:
        raise Problem(400, "body", "the body is nested too deeply") from None


def _type_problem(message: str) -> Problem:
    match = _TYPE_PROBLEM.match(message)
    if match is None:
        return Problem(400, "body", message)
    where = (match["where"] or "").lstrip(".")
    expected = [_TYPE_WORDS.get(word, word) for word in match["expected"].split(" | ") if word != "null"]
    got = _TYPE_WORDS.get(match["got"], match["got"])
    named = f"`{where}`" if where else "the body"
    return Problem(400, where or "body", f"{named} must be {' or '.join(dict.fromkeys(expected))}, not {got}")


def _check(event: WireEvent, prefix: str) -> None:
    name, url = event.event_name, event.page_url
    if name is None or not name.strip():
        raise Problem(400, f"{prefix}name", f"`{prefix}name` is missing; it is `pageview` or your event's name")
    if len(name) > _MAX_NAME:
        raise Problem(400, f"{prefix}name", f"`{prefix}name` has {len(name)} characters; at most {_MAX_NAME} are taken")
    if url is None or not url.strip():
        raise Problem(400, f"{prefix}url", f"`{prefix}url` is missing; it is the address of the page")
    if len(url) > _MAX_URL:
        raise Problem(400, f"{prefix}url", f"`{prefix}url` has {len(url)} characters; at most {_MAX_URL} are taken")
    if url[:8].lower() not in _SCHEMES and url[:7].lower() not in _SCHEMES:
        raise Problem(400, f"{prefix}url", f"`{prefix}url` must begin with http:// or https://")
    age = event.age
    if age is not None and not 0 <= age < 1e13:
        raise Problem(400, f"{prefix}age", f"`{prefix}age` must be the milliseconds since the event, 0 or more")
    if not event.consent and (event.email or event.company or event.token):
        event.email = event.company = event.token = None  # what nobody agreed to is not kept, not even in the journal
    if "wl=" in url:
        event.u, event.url = _LINK_TOKEN.sub(_first_separator, url), None
    if len(event.id or "") > 100:
        raise Problem(400, f"{prefix}id", f"`{prefix}id` has {len(event.id or '')} characters; at most 100 are taken")
    _check_domains(event, prefix)


_SCHEMES = {"http://", "https://"}

# The token of a newsletter's link names somebody; where it was agreed to, it stands in a field of its own.
_LINK_TOKEN = re.compile(r"(?P<before>[?&])wl=[^&#]*(?P<after>&?)")


def _first_separator(match: re.Match[str]) -> str:
    return match["before"] if match["after"] else ""


def _check_domains(event: WireEvent, prefix: str) -> None:
    domain = event.site_domain
    if domain is None:
        return
    domains = domain.split(",")
    if len(domains) > _MAX_DOMAINS:
        raise Problem(
            400, f"{prefix}domain", f"`{prefix}domain` names {len(domains)} sites; at most {_MAX_DOMAINS} are taken"
        )
    if any(not one.strip() or len(one) > _MAX_DOMAIN for one in domains):
        raise Problem(400, f"{prefix}domain", f"`{prefix}domain` must be a domain such as blog.example.fr")


def _for_each_domain(event: WireEvent) -> Iterator[WireEvent]:
    """The event once for each of its domains, which Plausible's clients separate by commas."""
    domain = event.site_domain
    if domain is None or "," not in domain:
        yield event
        return
    for one in dict.fromkeys(part.strip() for part in domain.split(",")):
        yield msgspec.structs.replace(event, d=one, domain=None)
