"""Security headers of every response: against foreign scripts and styles, framing, MIME type guessing and caching.

Source: OWASP's HTTP headers cheat sheet; CSP level 3.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, g

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def policy_for_frames(hosts: Sequence[str]) -> str:
    """The policy of a page that pages of these hosts may embed, on any port. The names of hosts are checked when they are kept.

    Without a scheme a host means those as safe as the page: https where it came by https (CSP 3, 6.7.2.8).
    """
    allowed = " ".join(f"[{host}]:*" if ":" in host else f"{host}:*" for host in hosts)
    return CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {allowed}")


_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def register(app: Flask) -> None:
    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            if name == "X-Frame-Options" and g.get("frame_hosts"):
                continue  # it cannot name hosts, and the policy does
            response.headers.setdefault(name, value)
        if response.mimetype in ("text/html", "application/json") and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response
