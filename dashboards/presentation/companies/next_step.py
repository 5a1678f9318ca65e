"""What to do about a company, in one sentence: by what it did, whether interest goes up or down, and where work with it stands.

Pure. An example: a company of the status New that sent a form is to be answered first; one in conversation whose visits become
fewer is to be asked what is missing. Of one that nobody would act on nothing is said.
"""

from __future__ import annotations

from collections.abc import Collection

from dashboards.presentation.lead_rows import level
from dashboards.translations import message, translate
from tracker.leads.workflow.vocabulary import Kind

_NOT_TO_BE_CALLED = (Kind.COMPETITOR, Kind.SUPPLIER, Kind.PRESS, Kind.APPLICANT, Kind.INTERNAL, Kind.IGNORED)
_ENDED = ("lost", "not_interesting")
_TO_BEGIN = ("new", "to_contact")

_UNSURE = message("Say first whether it is a company: until then it is in no list and no email.")
_ANSWER = message("Answer them first: they told you what they want.")
_CALL = message("Contact them this week, and begin with the pages they read.")
_WATCH = message("Find whom to talk to, and set an alert for the next visit.")
_WAIT = message("Too early for a call: wait for another visit.")
_FOLLOW_UP = message("Follow up now: they are reading again.")
_COOLING = message("Follow up before they forget you: their visits become fewer.")
_CUSTOMER = message("Ask what they need: a customer is reading your key pages.")
_AGAIN = message("Have another look: they are reading again.")


def next_step(
    language: str,
    *,
    score: int,
    codes: Collection[str],
    standing: str,
    status: str,
    kind: str | None,
    is_possible: bool,
) -> str:
    """The sentence; empty for none. `codes` are those of the score's reasons, `status` and `kind` what is set."""
    found = _UNSURE if is_possible else _said(level(score), codes, standing, status, kind)
    return translate(language, found) if found else ""


def _said(heat: str, codes: Collection[str], standing: str, status: str, kind: str | None) -> str:
    told = "goals" in codes
    if kind in _NOT_TO_BE_CALLED:
        return ""
    if kind == Kind.CUSTOMER or status == "customer":
        return _CUSTOMER if told or "buying_pages" in codes else ""
    if status in _ENDED:
        return _AGAIN if told or heat == "high" else ""
    if status not in _TO_BEGIN:
        return _COOLING if standing == "cooling" else _FOLLOW_UP if heat != "low" else ""
    return _ANSWER if told else {"high": _CALL, "middle": _WATCH}.get(heat, _WAIT)
