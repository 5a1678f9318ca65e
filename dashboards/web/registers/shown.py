"""What the page of a company shows of the public registers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from dashboards.presentation.companies.register import entry_in_words
from dashboards.presentation.companies.register_facts import facts_in_words
from dashboards.presentation.dates import day
from dashboards.web.language import current_language
from tracker.db.models import Site
from tracker.leads.registers.choices import choices, company_match
from tracker.leads.registers.matching import Question, facts_from, question_of
from tracker.reference.registers.matching import Asked
from tracker.reference.registers.registers import REGISTERS, registers_of
from tracker.service.context import Context


def register_shown(context: Context, site: Site, row: Mapping[Any, Any] | None) -> dict[str, Any]:
    """The template variables of a company's page; `row` is that of `tracker.leads.report.one_lead`, None without one."""
    registers, language = registers_of(context.settings), current_language()
    editions = {one.register: one for one in registers.editions()}
    if row is None or not editions:
        return {"register": None, "register_candidates": [], "register_source": None}
    # What lists show was asked so; a company that is not matched yet is asked for as its visits of the period are.
    question = question_of(context.app_db, site.id, str(row["company"])) or Question(asked_of(row))
    asked, made = question.asked, choices(context.app_db)
    found = company_match(registers, made, asked)
    chosen = made.of(asked)
    shown = found.best or next(iter(found.candidates), None)
    name = shown.entry.register if shown else chosen.register if chosen else None
    facts = facts_from(registers, found.best, question) if found.best else None
    words = facts_in_words(language, facts)
    best = found.best._replace(entry=facts.entry) if found.best and facts else None
    return {
        "register": entry_in_words(language, best, facts.nearest if facts else None) if best else None,
        "register_candidates": [entry_in_words(language, one) for one in found.candidates],
        "register_line": words.line if words else "",
        "register_group": facts.group if facts else (),
        "register_chosen": chosen,
        "register_asked": asked,
        "register_source": _source(language, name, editions[name].as_of) if name in editions else None,
    }


def _source(language: str, name: str, as_of: str) -> dict[str, Any]:
    said = day(language, date.fromisoformat(as_of), year=True, weekday=False) if as_of else ""
    return {"register": next(one for one in REGISTERS if one.name == name), "day": said}


def asked_of(row: Mapping[Any, Any]) -> Asked:
    """What a register is asked of a row of leads."""
    texts = ["" if pd.isna(row[name]) else str(row[name]) for name in ("country", "city", "company_domain")]
    return Asked(str(row["company"]), *texts)
