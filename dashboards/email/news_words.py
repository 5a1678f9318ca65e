"""The news of a report (tracker.reports.news) in words: the sentence that an email opens with, its subject and its preheader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from dashboards.presentation import numbers
from dashboards.presentation.score_reasons import standing_in_words
from dashboards.translations import message, message_plural, translate, translate_plural
from tracker.db.models import Site
from tracker.enrichment.source.same_site import registrable_domain
from tracker.enrichment.text import clean_text, without_links
from tracker.reports.news import News
from tracker.reports.report import MONTHLY, WEEKLY

LONGEST_SUBJECT = 59
_LONGEST_TEXT = 120
# Company names in subjects are cut to these lengths in turn, until the subject is short enough.
_NAMES_CUT_TO = (_LONGEST_TEXT, 32, 20)
_SEPARATOR = " · "

# Puts the values of a news in a language into words; names in it have a greatest length.
Words = Callable[[str, Mapping[str, Any], int], str]


class Unit(NamedTuple):
    """The messages that differ between a week and a month; pairs are of one and of many."""

    companies: tuple[str, str]
    visitors: tuple[str, str]
    change: str
    nobody: str


_UNITS = MappingProxyType(
    {
        WEEKLY: Unit(
            message_plural("%(num)s company this week", "%(num)s companies this week"),
            message_plural("%(count)s visitor this week", "%(count)s visitors this week"),
            message("%(count)s visitors, %(change)s on the week before"),
            message("No visitor this week"),
        ),
        MONTHLY: Unit(
            message_plural("%(num)s company this month", "%(num)s companies this month"),
            message_plural("%(count)s visitor this month", "%(count)s visitors this month"),
            message("%(count)s visitors, %(change)s on the month before"),
            message("No visitor this month"),
        ),
    }
)


def from_outside(text: str, most: int = _LONGEST_TEXT) -> str:
    """Words that somebody else wrote, as an email may show them: cut, cleaned, and no link of a mail program's making."""
    return without_links(clean_text(text, most))


def sentence(language: str, kind: str, *news: News) -> str:
    """Returns one news or two as a sentence without its full stop; `kind` is the Report's."""
    first, *others = (_words(kind, one.code)(language, one.values, _LONGEST_TEXT) for one in news)
    return translate(language, "%(first)s; %(second)s", first=first, second=others[0]) if others else first


def subject(language: str, kind: str, news: News, site: Site) -> str:
    """Returns a subject, the news first and the site last.

    From 60 characters on the site is cut to its own label (atelier-plume of blog.atelier-plume.fr), then names to words.
    """
    words = _SUBJECTS.get(news.code) or _words(kind, news.code)
    # An ending that is not on the list of public suffixes is taken for one.
    domain = registrable_domain(site.domain) or ".".join(site.domain.split(".")[-2:])
    label = domain.partition(".")[0] or site.name
    ends = [(_LONGEST_TEXT, site.name), *((most, label) for most in _NAMES_CUT_TO)]
    tried = [words(language, news.values, most) + _SEPARATOR + end for most, end in ends]
    return next((one for one in tried if len(one) <= LONGEST_SUBJECT), tried[-1])


def _words(kind: str, code: str) -> Words:
    return _SENTENCES[kind][code]


def _name(text: str, most: int) -> str:
    """A company's, source's or article's name, cut to whole words where they are not too long."""
    name = from_outside(text)
    if len(name) <= most:
        return name
    cut = name[: most - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:-–&") + "…"


def _to_call(language: str, values: Mapping[str, Any], most: int) -> str:
    company = _name(values["company"], most)
    if not values["others"]:
        return translate(language, "%(company)s deserves a call", company=company)
    return translate_plural(
        language,
        "%(company)s and %(num)s other company deserve a call",
        "%(company)s and %(num)s other companies deserve a call",
        values["others"],
        company=company,
    )


def _to_call_in_short(language: str, values: Mapping[str, Any], most: int) -> str:
    company = _name(values["company"], most)
    if not values["others"]:
        return translate(language, "%(company)s to call", company=company)
    return translate_plural(
        language,
        "%(company)s and %(num)s other to call",
        "%(company)s and %(num)s others to call",
        values["others"],
        company=company,
    )


def _standing(standing: str) -> Words:
    def words(language: str, values: Mapping[str, Any], most: int) -> str:
        company = _name(values["company"], most)
        said = standing_in_words(language, standing, values)
        return translate(language, "%(company)s: %(standing)s", company=company, standing=said[:1].lower() + said[1:])

    return words


def _companies(of: Unit) -> Words:
    def words(language: str, values: Mapping[str, Any], _: int) -> str:
        companies, new = values["companies"], values["new"]
        if not new:
            return translate_plural(language, *of.companies, companies)
        if new == companies:
            return translate_plural(language, "%(num)s new company", "%(num)s new companies", companies)
        said = translate_plural(language, "%(num)s company", "%(num)s companies", companies)
        return said + translate_plural(language, ", %(num)s of them new", ", %(num)s of them new", new)

    return words


def _brought(language: str, values: Mapping[str, Any], most: int) -> str:
    source = _name(values["source"], most)
    if values["article"]:
        return translate_plural(
            language,
            "%(source)s brought %(num)s company to “%(article)s”",
            "%(source)s brought %(num)s companies to “%(article)s”",
            values["companies"],
            source=source,
            article=_name(values["article"], most),
        )
    return translate_plural(
        language,
        "%(source)s brought %(num)s company",
        "%(source)s brought %(num)s companies",
        values["companies"],
        source=source,
    )


def _change(of: Unit) -> Words:
    def words(language: str, values: Mapping[str, Any], _: int) -> str:
        change = numbers.signed_percent(language, values["visitors"] / values["before"] - 1)
        visitors = numbers.count(language, values["visitors"], compact=False)
        return translate(language, of.change, count=visitors, change=change)

    return words


def _change_in_short(language: str, values: Mapping[str, Any], _: int) -> str:
    change = numbers.signed_percent(language, values["visitors"] / values["before"] - 1)
    visitors = numbers.count(language, values["visitors"], compact=False)
    return translate(language, "%(count)s visitors (%(change)s)", count=visitors, change=change)


def _read(language: str, values: Mapping[str, Any], most: int) -> str:
    return translate_plural(
        language,
        "“%(article)s” was read most: %(num)s page view",
        "“%(article)s” was read most: %(num)s page views",
        values["views"],
        article=_name(values["article"], most),
    )


def _visitors(of: Unit) -> Words:
    def words(language: str, values: Mapping[str, Any], _: int) -> str:
        visitors = values["visitors"]
        count = numbers.count(language, visitors, compact=False)
        return translate_plural(language, *of.visitors, visitors, count=count)

    return words


def _nobody(of: Unit) -> Words:
    return lambda language, _values, _most: translate(language, of.nobody)


def _sentences(of: Unit) -> Mapping[str, Words]:
    """The words of each news, in those of weeks or of months."""
    return MappingProxyType(
        {
            "to_call": _to_call,
            "back": _standing("back"),
            "rising": _standing("rising"),
            "companies": _companies(of),
            "brought": _brought,
            "change": _change(of),
            "read": _read,
            "visitors": _visitors(of),
            "nobody": _nobody(of),
        }
    )


_SENTENCES = MappingProxyType({kind: _sentences(of) for kind, of in _UNITS.items()})
_SUBJECTS: Mapping[str, Words] = MappingProxyType({"to_call": _to_call_in_short, "change": _change_in_short})
