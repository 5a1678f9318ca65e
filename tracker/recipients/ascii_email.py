"""Email addresses whose domain is written with accents, in the form that every mail server takes (IDNA 2008, UTS 46)."""

from __future__ import annotations

import contextlib

import idna


def ascii_email(email: str) -> str:
    """`lea@société.fr` becomes `lea@xn--socit-esab.fr`. What cannot be written so stays as it is: the server says why not."""
    local, _, domain = email.rpartition("@")
    if domain.isascii():
        return email
    try:
        return f"{local}@{idna.encode(domain, uts46=True, transitional=False).decode()}"
    except idna.IDNAError:
        return email


def spellings(email: str) -> set[str]:
    """Returns the forms in which an email address may stand in a list or a provider's notice."""
    local, _, domain = email.strip().lower().rpartition("@")
    found = {f"{local}@{domain}", ascii_email(f"{local}@{domain}")}
    with contextlib.suppress(idna.IDNAError, UnicodeError):
        found.add(f"{local}@{idna.decode(domain)}")
    return found
