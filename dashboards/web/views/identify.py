"""The page *Identify*: its form, and the result of each step. What a user enters is never in a URL or a log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from dashboards.presentation import labels
from dashboards.presentation.evidence import describe, describe_reasons, describe_stored
from dashboards.web.language import current_language
from dashboards.web.sign_in.permission import require
from tracker.accounts.permissions import Action
from tracker.leads.identify import Identification, IdentifiedIp, NotUnderstood, identify, sources_of
from tracker.reference.geo.verified_copies import open_databases
from tracker.service.context import Context

_MOST_LETTERS = 300


@dataclass(frozen=True)
class ShownStep:
    """One step in words: its method, the company and its confidence if it finds one, and the reason."""

    method: str
    company: str | None
    domain: str | None
    confidence: float | None
    reason: str


@dataclass(frozen=True)
class ShownIp:
    """The result for one IP address, in words."""

    ip: str
    company: str | None
    is_lead: bool
    method: str
    why: str
    place: str
    time_zone: str | None
    network: str
    kind: str
    evidence: str
    name: str | None
    claims: str
    name_problem: str | None
    steps: Sequence[ShownStep]


def create_blueprint(context: Context) -> Blueprint:
    blueprint = Blueprint("identify", __name__)

    @blueprint.get("/identify")
    def show() -> str:
        require(Action.IDENTIFY)
        return render_template("identify.html", subject="", answer=None, found=[], refused=False)

    @blueprint.post("/identify")
    def answer() -> tuple[str, int]:
        require(Action.IDENTIFY)
        subject, language = request.form.get("of", "")[:_MOST_LETTERS].strip(), current_language()
        databases = open_databases(context.settings, warn=False)
        try:
            told = identify(subject, sources_of(context.settings, databases, language))
        except NotUnderstood:
            return render_template("identify.html", subject=subject, answer=None, found=[], refused=True), 422
        page = render_template(
            "identify.html",
            subject=subject,
            answer=told,
            notes=[_sentence(describe(language, note)) for note in told.notes],
            missing=[_sentence(describe(language, problem)) for problem in told.missing],
            found=_rows(language, told),
            refused=False,
        )
        return page, 200

    return blueprint


def _rows(language: str, answer: Identification) -> list[ShownIp]:
    return [_row(language, one) for one in answer.found]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(language: str, one: IdentifiedIp) -> ShownIp:
    place, network, company = one.place, one.network, one.company
    country = labels.country(language, place.country) if place.country else None
    number = f"AS{network.asn}" if network.asn else None
    return ShownIp(
        ip=one.ip,
        company=company.name if company else None,
        is_lead=one.is_lead,
        method=labels.method(language, company.method) if company else "",
        why=_sentence(describe_reasons(language, one)),
        place=", ".join(part for part in (place.city, place.region, country) if part),
        time_zone=place.time_zone,
        network=" ".join(part for part in (network.organisation, number and f"({number})") if part),
        kind=labels.network_kind(language, str(network.kind)),
        evidence=describe_stored(language, network.evidence),
        name=one.name.host,
        claims=", ".join(one.name.claims),
        name_problem=describe(language, one.name.problem) if one.name.problem else None,
        steps=[
            ShownStep(
                labels.method(language, step.method),
                step.company.name if step.company else None,
                step.company.domain if step.company else None,
                step.company.confidence if step.company else None,
                describe(language, step.reason),
            )
            for step in one.steps
        ],
    )
