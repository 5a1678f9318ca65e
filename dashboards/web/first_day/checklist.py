"""The checklist as overview and status show it: each task in words, with what can be done about it at once."""

from __future__ import annotations

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, current_app, url_for

from dashboards.presentation import dates
from dashboards.translations import message, translate
from dashboards.web.first_day.geo_knowledge import GeoDatabases, GeoKnowledge
from dashboards.web.language import current_language
from dashboards.web.outgoing_mail import OutgoingMail
from dashboards.web.sign_in.permission import allowed
from tracker.accounts.permissions import Action
from tracker.db.models import Site
from tracker.reference.geo.on_demand import Fetching, GeoFetch
from tracker.service.checklist import TICKED_BY_HAND, Task, last_copied_at, open_checklist
from tracker.service.context import Context

_EXTENSION = "webleads first day"
# What a task is called, and what it is good for or how it is done.
_WORDS = {
    Task.COUNTING: (
        message("Count the first visit"),
        message("Put the snippet on the pages, then open one."),
    ),
    Task.NETWORK_DATABASE: (
        message("Fetch the network database"),
        message("Without it no company and no place is known. It is free and takes about 150 MB."),
    ),
    Task.MAIL: (
        message("Try the mail server"),
        message("The weekly email, invitations and new passwords go through it."),
    ),
    Task.PUBLIC_URL: (
        message("Give the service its public URL"),
        message("The snippet and the emails name it: set WEBLEADS_BASE_URL, and restart the service."),
    ),
    Task.RECIPIENTS: (
        message("Say who gets the weekly email"),
        message("It is sent on Mondays at 08:00 and names the companies that deserve a call."),
    ),
    Task.LEAVE_YOURSELF_OUT: (
        message("Leave your own visits out"),
        message("Add your office’s IP address in the settings, or open the site once in each of your browsers with “?webleads=off” at the end of its URL."),
    ),
    Task.BACKUPS: (
        message("Back the data up"),
        message("Copy the data folder to another machine every day: sites, users and all visits are in it."),
    ),
}  # fmt: skip
_ONLY_COPIED = message(
    "Copy the data folder to another machine every day: sites, users and all visits are in it. The service’s own copies are on the same disk, without the visits; last copy: %(when)s."
)
_BACKUP_OF_SERVER = message(
    "Back up the database server, and copy the data folder to another machine every day: all visits are in it."
)
_AT_HOME = message("Most people read from home, on an internet provider’s network that tells no company.")
_NO_NETWORKS = message("Companies are known by their networks, and this service has no database of networks yet.")
_MAIL_MISSING = message(
    "No mail server is set: give WEBLEADS_SMTP_URL and WEBLEADS_MAIL_FROM, and restart the service."
)


class TaskRow(NamedTuple):
    """One task. `action` is the button it has, by the task's name; `link` leads to where it is done."""

    task: str
    is_done: bool
    title: str
    words: str
    action: str | None
    link: str | None
    link_words: str | None


class GeoNow(NamedTuple):
    """What the geo databases know, and the fetch of them, at one moment."""

    known: GeoKnowledge
    fetching: Fetching

    @property
    def networks(self) -> bool:
        return self.known.networks


class FirstDay:
    """What the checklist works with."""

    def __init__(self, context: Context, mail: OutgoingMail) -> None:
        self.context = context
        self.mail = mail
        self.geo = GeoDatabases(context.settings)
        self.fetch = GeoFetch(context.settings, context.now)

    def geo_now(self) -> GeoNow:
        """The fetch is read first: databases of a fetch that is over are known. A page reads both once, together."""
        fetching = self.fetch.state
        return GeoNow(self.geo.known, fetching)


def register(app: Flask, context: Context, mail: OutgoingMail) -> FirstDay:
    made: FirstDay = FirstDay(context, mail)
    app.extensions[_EXTENSION] = made
    app.jinja_env.globals["why_no_company"] = why_no_company
    return made


def geo_now() -> GeoNow:
    """What the geo databases know now, and how far a fetch of them is."""
    made: FirstDay = current_app.extensions[_EXTENSION]
    return made.geo_now()


def why_no_company() -> str:
    """Why no company is named, in the language of the page: nobody read at work, or nothing could say so."""
    words = _AT_HOME if geo_now().networks else _NO_NETWORKS
    return translate(current_language(), words)


def checklist(site: Site | None, geo: GeoNow | None = None) -> dict[str, Any]:
    """The template variables: the tasks of a site or of the service, none where all is done or one may not do them.

    `geo` is given by a page that has read it already.
    """
    made: FirstDay = current_app.extensions[_EXTENSION]
    geo = geo or made.geo_now()
    if not allowed(Action.VIEW_STATUS) or (site is not None and not allowed(Action.CHANGE_SETTINGS, site)):
        return {"tasks": [], "geo": geo}
    states = open_checklist(made.context, site, knows_networks=geo.networks)
    return {"tasks": [_row(made, site, *state) for state in states], "geo": geo, "checklist_site": site}


def _row(made: FirstDay, site: Site | None, task: Task, is_done: bool) -> TaskRow:  # noqa: FBT001 - a state's fields
    language = current_language()
    title, words = _WORDS[task]
    action = task.value if task in TICKED_BY_HAND | {Task.NETWORK_DATABASE} else None
    if task == Task.MAIL:
        words, action = (words, task.value) if made.mail.is_set_up else (_MAIL_MISSING, None)
    link, link_words = _link(language, site, task)
    said = _backups(made.context, language) if task == Task.BACKUPS else translate(language, words)
    return TaskRow(task.value, is_done, translate(language, title), said, action, link, link_words)


def _backups(context: Context, language: str) -> str:
    """What to back up, and what the service has copied by itself."""
    if context.app_db.file is None:
        return translate(language, _BACKUP_OF_SERVER)
    copied_at = last_copied_at(context)
    if copied_at is None:
        return translate(language, _WORDS[Task.BACKUPS][1])
    return translate(language, _ONLY_COPIED, when=dates.ago(language, copied_at, context.now(), ZoneInfo("UTC")))


def _link(language: str, site: Site | None, task: Task) -> tuple[str | None, str | None]:
    if site is None:
        return None, None
    if task == Task.COUNTING:
        return url_for("sites.setup", site=site.domain), translate(language, "Install the snippet")
    if task == Task.RECIPIENTS:
        return url_for("recipients.show", site=site.domain), translate(language, "Add recipients")
    if task == Task.LEAVE_YOURSELF_OUT:
        return url_for("site_settings.show", site=site.domain), translate(language, "Open the settings")
    return None, None
