"""`webleads token`: signed link tokens for a newsletter. They identify a visitor once the visitor has agreed."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click

from tracker.cli.options import CommandError, data_option, settings_of
from tracker.cli.sites import app_database

_EMAIL = re.compile(r"[^@\s]*@[^@\s]+\.[^@\s]+")


@click.command()
@click.argument("emails", nargs=-1, metavar="[EMAIL]...")
@click.option(
    "--site", "domain", required=True, metavar="DOMAIN", help="The site that the links lead to, by its domain."
)
@click.option("--company", default=None, help="The company's name, when it does not follow from the email address.")
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How long the tokens hold.")
@data_option
def token(emails: tuple[str, ...], domain: str, company: str | None, days: int, data: Path | None) -> None:
    """Print a link token for each email address: `?wl=TOKEN` in a newsletter's link.

    An email address may be only its domain (@acme.fr), which names nobody. Without arguments, they are read from
    standard input, one a line. A token can be read by whoever sees the link, and made by nobody else.
    """
    from tracker.clock import utc_now
    from tracker.enrichment.company.self_identified import SelfIdentification, make_link_token
    from tracker.sites.sites import link_key, no_site

    with app_database(settings_of(data)) as database:
        try:
            key = link_key(database, domain, random_text=secrets.token_urlsafe)
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        except LookupError:
            raise CommandError(no_site(domain)) from None
    ends_at = int((utc_now() + timedelta(days=days)).timestamp())
    for email in _checked(emails, company):
        click.echo(f"{email},{make_link_token(SelfIdentification(email or None, company, ends_at), key)}")


def _checked(emails: tuple[str, ...], company: str | None) -> Iterator[str]:
    given = emails or ((line.strip() for line in sys.stdin) if company is None else ("",))
    for email in given:
        if email and not _EMAIL.fullmatch(email):
            raise CommandError(f"“{email}” is not an email address; write one such as lea@acme.fr, or @acme.fr")
        if email or company:
            yield email
