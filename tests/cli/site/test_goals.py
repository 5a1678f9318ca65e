"""The goals of a site on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.cli import webleads


def run(data: Path, *arguments: str) -> str:
    done = CliRunner().invoke(webleads, [*arguments, "--data", str(data)], catch_exceptions=True)
    return done.output if done.exception is None else str(done.exception)


def test_goals_are_added_listed_and_removed(tmp_path: Path) -> None:
    run(tmp_path, "site", "add", "a.fr")
    assert "1: Asked for a demo is a goal of a.fr" in run(
        tmp_path, "goal", "add", "form", "demo", "--name", "Asked for a demo", "--points", "40", "--site", "a.fr"
    )
    run(tmp_path, "goal", "remove", "downloads", "--site", "a.fr")
    assert [line.split() for line in run(tmp_path, "goal", "list", "--site", "a.fr").splitlines()] == [
        ["1", "form", "demo", "40", "Asked", "for", "a", "demo"],
        ["forms", "form", "*", "30", "Forms", "sent"],
        ["-", "download", "*", "taken", "off"],
    ]
    assert "downloads: * is a goal" in run(tmp_path, "goal", "add", "download", "*", "--site", "a.fr")
    assert "1 is no longer a goal" in run(tmp_path, "goal", "remove", "1", "--site", "a.fr")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(
            ["add", "wish", "x", "--site", "a.fr"], "“wish” is not a kind of goal; use one of form", id="kind"
        ),
        pytest.param(["add", "page", "*", "--site", "a.fr"], "is not a page; write a path", id="every-page"),
        pytest.param(["add", "form", "x", "--points", "99", "--site", "a.fr"], "1 to 40 points, not 99", id="points"),
        pytest.param(["remove", "9", "--site", "a.fr"], "There is no goal “9”", id="unknown-goal"),
        pytest.param(["list", "--site", "b.fr"], "there is no site 'b.fr'", id="unknown-site"),
        pytest.param(["add", "form", "x", "--site", "b.fr"], "b.fr", id="add-to-an-unknown-site"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path: Path, arguments: list[str], said: str) -> None:
    run(tmp_path, "site", "add", "a.fr")
    assert said in run(tmp_path, "goal", *arguments)
