"""The rules of fit on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.site.test_goals import run


def test_rules_are_added_listed_and_removed(tmp_path: Path) -> None:
    run(tmp_path, "site", "add", "a.fr")
    assert "no rule: webleads fit add" in run(tmp_path, "fit", "list", "--site", "a.fr")
    assert "country:is:FR counts 3" in run(tmp_path, "fit", "add", "country:is:FR", "--weight", "3", "--site", "a.fr")
    run(tmp_path, "fit", "add", "list:is:Targets", "--site", "a.fr")
    assert run(tmp_path, "fit", "list", "--site", "a.fr").splitlines() == ["3  country:is:FR", "2  list:is:Targets"]
    assert "no longer counts" in run(tmp_path, "fit", "remove", "country:is:FR", "--site", "a.fr")
    assert run(tmp_path, "fit", "list", "--site", "a.fr").splitlines() == ["2  list:is:Targets"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["add", "France", "--site", "a.fr"], "such as country:is:FR", id="not-a-filter"),
        pytest.param(["add", "browser:is:Firefox", "--site", "a.fr"], "choice", id="not-of-a-company"),
        pytest.param(["remove", "country:is:FR", "--site", "a.fr"], "has no rule", id="unknown-rule"),
        pytest.param(["list", "--site", "b.fr"], "there is no site 'b.fr'", id="unknown-site"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, arguments: list[str], said: str) -> None:
    run(tmp_path, "site", "add", "a.fr")
    assert said in run(tmp_path, "fit", *arguments)
