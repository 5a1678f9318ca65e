"""A data folder of an earlier version, opened by this one: the same figures, and every link leads where it led.

`issue_10.tar.xz` is a folder that the version before issue 11 made (event store schema 2) and `issue_10.json` what that
version answered when it was asked for figures, pages and links; `make_folder.py` says how. What may change is worded
text, what more an answer holds, and a lead's score while its period still runs.
"""

from __future__ import annotations

import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.running_service import RunningService
from tests.upgrade.asking import PERIOD, SITE, USERS, Page, Visitor, figures, serving
from tracker.cli import webleads
from tracker.store.engines import open_event_store
from tracker.store.schema import SCHEMA_VERSION, schema_version

HERE = Path(__file__).parent
BEFORE = json.loads((HERE / "issue_10.json").read_text(encoding="utf-8"))
_OF_TODAY = {"score", "reasons"}
_SCORED = {"score", "reasons", "first_seen"}


def _unpack(into: Path) -> Path:
    with tarfile.open(HERE / "issue_10.tar.xz") as archive:
        archive.extractall(into, filter="data")
    return into / "data"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = _unpack(tmp_path_factory.mktemp("upgrade"))

    def run(*command: str) -> str:
        answer = CliRunner().invoke(webleads, [*command, "--data", str(data)])
        assert answer.exit_code == 0, answer.output
        return answer.stdout

    return figures(run)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with serving(_unpack(tmp_path_factory.mktemp("upgrade"))) as running:
        yield running


@pytest.fixture(scope="module")
def visitor(service: RunningService) -> Visitor:
    return Visitor(service, "anna@example.fr")


def test_the_store_is_migrated(tmp_path: Path) -> None:
    store = open_event_store(f"duckdb:///{_unpack(tmp_path)}/events.duckdb")
    assert store.rows(select(schema_version.c.version)) == [(SCHEMA_VERSION,)]
    store.close()


@pytest.mark.parametrize("number", range(len(BEFORE["figures"]["queries"])))
def test_a_query_gives_the_figures_that_it_gave(answers: dict[str, Any], number: int) -> None:
    site, query, before = BEFORE["figures"]["queries"][number]
    assert answers["queries"][number][:2] == [site, query]
    assert answers["queries"][number][2]["results"] == before["results"]


@pytest.mark.parametrize(("number", "asked"), list(enumerate(one[0] for one in BEFORE["figures"]["leads"])))
def test_the_leads_of_a_period_are_what_they_were(answers: dict[str, Any], number: int, asked: str) -> None:
    before, after = (_unscored(one["leads"][number][1]) for one in (BEFORE["figures"], answers))
    assert without_news(_settled(before, asked), _settled(after, asked)) == _settled(before, asked)


@pytest.mark.parametrize(("number", "week"), list(enumerate(one[0] for one in BEFORE["figures"]["weekly"])))
def test_a_weekly_report_says_what_it_said(answers: dict[str, Any], number: int, week: str) -> None:
    before, after = (_unscored(one["weekly"][number][1]) for one in (BEFORE["figures"], answers))
    assert before["week"] == week
    assert without_news(before, after) == before


def _unscored(answer: Any) -> Any:
    """Returns the answer without what later rules decide: a score and its reasons, the order by it, the first visit of all."""
    if isinstance(answer, dict):
        return {name: _unscored(value) for name, value in answer.items() if name not in _SCORED}
    if isinstance(answer, list):
        found = [_unscored(one) for one in answer]
        is_ranked = all(isinstance(one, dict) and "company" in one for one in found)
        return sorted(found, key=lambda one: str(one["company"])) if is_ranked else found
    return answer


def _settled(answer: dict[str, Any], asked: str) -> dict[str, Any]:
    """The leads of a period; of one that ran on, without what depends on the day of asking."""
    if asked != PERIOD:
        return answer
    leads = [{name: lead[name] for name in lead if name not in _OF_TODAY} for lead in answer["leads"]]
    return answer | {"leads": sorted(leads, key=lambda lead: str(lead["company"]))}


def without_news(before: Any, after: Any) -> Any:
    """What of an answer stood in the one before; a version may add names."""
    if isinstance(before, dict) and isinstance(after, dict):
        return {name: without_news(value, after[name]) for name, value in before.items() if name in after}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [without_news(*pair) for pair in zip(before, after, strict=True)]
    return after


def _worded(page: Page) -> list[str]:
    """The figures with any kind of space; what took no time at all has none any more."""
    return ["–" if one == "0 s" else one for one in (" ".join(figure.split()) for figure in page.figures)]


@pytest.mark.parametrize("link", sorted(BEFORE["pages"]))
def test_a_link_leads_where_it_led(visitor: Visitor, link: str) -> None:
    """Bookmarks, old links to a company by its name, those of an email that was sent, and where it can be stopped."""
    before, after = Page(*BEFORE["pages"][link]), visitor.page(link)
    assert after.status == before.status == 200
    fields = dict(before.form)
    recipients = fields.pop("recipients", None)  # which have a page of their own since
    assert (_worded(after), dict(after.form)) == (_worded(before), fields)
    if recipients is not None:
        assert sorted(visitor.addresses(f"/{SITE}/recipients")) == sorted(recipients.split())
    assert [row[-1] for row in after.rows] == [row[-1] for row in before.rows]
    assert [row for row in after.rows if "/" in row[0]] == [row for row in before.rows if "/" in row[0]]
    assert sorted(after.companies) == sorted(before.companies)
    if "/leads/" in link:
        assert after.heading == before.heading
        assert after.path.startswith(f"/{SITE}/leads/")
    else:
        assert unquote(after.path) == unquote(before.path)


@pytest.mark.parametrize("email", USERS)
def test_users_sign_in_with_their_passwords(service: RunningService, email: str) -> None:
    assert Visitor(service, email).page("/sites").status == 200


def test_a_newsletter_link_of_before_still_names_its_company(service: RunningService, visitor: Visitor) -> None:
    hit = {"u": f"https://{SITE}/prix", "d": SITE, "vid": "agreed-1", "consent": 1, "token": BEFORE["token"]}
    for one in (hit | {"n": "pageview"}, hit | {"n": "Identify", "i": False}):  # as the snippet says it
        assert service.post(one, **{"X-Forwarded-For": "192.0.2.77"})[0] == 202
    service.wait_until_stored()
    until = time.monotonic() + 60
    named: list[str] = []
    while (
        "Verrerie d'Exemple" not in named and time.monotonic() < until
    ):  # a list has the figures that were counted last
        named = visitor.page(f"/{SITE}/leads?period=7d").companies
        time.sleep(0.1)
    assert "Verrerie d'Exemple" in named
