"""`webleads api-token`: a token is printed once, listed by its name, and opens nothing once it is revoked."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tests.databases import new_app_database
from tracker.accounts.api_tokens import actor_of
from tracker.cli import webleads
from tracker.clock import utc_now
from tracker.settings import Settings
from tracker.sites.sites import add_site


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(webleads, ["api-token", *words, "--site", "blog.exemple.fr", "--data", str(folder)])
    return done.exit_code, done.output or str(done.exception)


def test_a_token_is_made_listed_and_revoked(tmp_path: Path) -> None:
    database = new_app_database(Settings(data=tmp_path).data / "webleads.sqlite")
    add_site(database, "blog.exemple.fr", now=utc_now())
    assert "no token" in run(tmp_path, "list")[1]
    run(tmp_path, "add", "Never")
    assert "never used" in run(tmp_path, "list")[1]
    assert run(tmp_path, "revoke", "1")[0] == 0
    text = run(tmp_path, "add", "Newsletter", "--changes")[1].strip()
    assert actor_of(database, text, now=utc_now())
    listed = run(tmp_path, "list")[1]
    assert "changes" in listed
    assert f"used {utc_now():%Y}" in listed
    assert "Newsletter" in listed
    assert text not in listed
    assert run(tmp_path, "revoke", "2") == (
        0,
        "the token “Newsletter” is revoked\n",
    )  # no token has a revoked one's number
    assert actor_of(database, text, now=utc_now()) is None
    assert all(f"there is no token {one}" in run(tmp_path, "revoke", one)[1] for one in ("1", "2"))
    assert "Write a name" in run(tmp_path, "add", " ")[1]
    database.close()
