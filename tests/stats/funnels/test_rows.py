"""What is typed as a step, the checks of funnels, and their commands."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.databases import new_app_database
from tracker.cli import webleads
from tracker.db.invalid import Invalid
from tracker.sites.sites import add_site
from tracker.sites.trash import Thing, bring_back
from tracker.stats.funnels import Step, StepKind
from tracker.stats.funnels.rows import add_funnel, funnels_of, put_funnel_back, read_step, remove_funnel
from tracker.stats.goals import ANY, Goal, Kind, condition_of

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
FORMS = Goal("forms", "Forms sent", Kind.FORM, ANY, 30, condition_of(Kind.FORM, ANY))
DEMO = Goal("7", "Demo: asked", Kind.FORM, "demo", 30, condition_of(Kind.FORM, "demo"))
TWO = [Step(StepKind.PAGE, ANY), Step(StepKind.GOAL, "forms")]


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("/tarifs", StepKind.PAGE, "/tarifs"),
        ("https://blog.exemple.fr/tarifs", StepKind.PAGE, "/tarifs"),
        (" page: tarifs ", StepKind.PAGE, "/tarifs"),
        ("*", StepKind.PAGE, ANY),
        ("/*", StepKind.PAGE, ANY),
        ("/blog/**", StepKind.PAGE, "/blog/**"),
        ("forms", StepKind.GOAL, "forms"),
        ("formulaires envoyés", StepKind.GOAL, "forms"),
        ("demo: asked", StepKind.GOAL, "7"),
        ("goal:7", StepKind.GOAL, "7"),
        ("Signup", StepKind.EVENT, "Signup"),
        ("event:forms", StepKind.EVENT, "forms"),
        ("Outbound Link: Click", StepKind.EVENT, "Outbound Link: Click"),
    ],
)
def test_a_step_is_read_as_it_is_meant(typed: str, kind: StepKind, value: str) -> None:
    assert read_step(typed, [FORMS, DEMO], {"forms": "Formulaires envoyés"}) == Step(kind, value)


@pytest.mark.parametrize("typed", ["", "goal:nothing", "x" * 501])
def test_what_is_no_step_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        read_step(typed, [FORMS])


def test_funnels_are_checked_and_are_their_sites(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "app.sqlite")
    mine, other = (add_site(database, domain, now=NOW).id for domain in ("a.fr", "b.fr"))
    for wrong in ({"steps": TWO[:1]}, {"steps": TWO * 5}, {"steps": [TWO[1]] * 2}, {"name": " "}, {"days": "-1"}):
        with pytest.raises(Invalid):
            add_funnel(database, mine, **{"name": "x", "steps": TWO, "by": None, "now": NOW} | wrong)  # type: ignore[arg-type]
    number = add_funnel(database, mine, name="x", steps=TWO, days="7", in_order=False, by=None, now=NOW)
    (found,) = funnels_of(database, mine)
    assert (found.number, list(found.steps), found.days, found.in_order) == (number, TWO, 7, False)
    assert funnels_of(database, other) == []
    assert remove_funnel(database, other, number, by=None, now=NOW) is None
    removed = remove_funnel(database, mine, number, by="a@b.fr", now=NOW)
    assert removed is not None
    assert funnels_of(database, mine) == []
    assert bring_back(database, mine, removed.number, {Thing.FUNNEL: put_funnel_back}, now=NOW) == removed
    assert [(one.name, list(one.steps), one.days) for one in funnels_of(database, mine)] == [("x", TWO, 7)]
    database.close()


def test_commands_add_list_and_remove(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        answer = CliRunner().invoke(webleads, [*words, "--data", str(tmp_path)])
        return answer.output if answer.exception is None else str(answer.exception)

    run("site", "add", "blog.exemple.fr")
    asked = ("--site", "blog.exemple.fr")
    assert "1: blog.exemple.fr has the funnel Prix" in run("funnel", "add", "Prix", "*", "/tarifs", "forms", *asked)
    assert "1  Prix: page:* -> page:/tarifs -> goal:forms (one visit)" in run("funnel", "list", *asked)
    assert "2 to 8 steps" in run("funnel", "add", "Prix", "/a", *asked)
    assert "funnel 1 is removed" in run("funnel", "remove", "1", *asked)
    assert "there is no funnel 1" in run("funnel", "remove", "1", *asked)
    assert "no funnel" in run("funnel", "list", *asked)
