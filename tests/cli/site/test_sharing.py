"""`webleads share`: links as the page makes them; a filter that is not known makes none."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from tests.databases import new_app_database
from tracker.cli import webleads
from tracker.clock import utc_now
from tracker.sharing.links import filters_of, find_link, find_public, links_of
from tracker.sites.sites import add_site


def run(folder: Path, *words: str, typed: str | None = None) -> str:
    command = ["share", *words, "--site", "blog.exemple.fr", "--data", str(folder)]
    done = CliRunner().invoke(webleads, command, input=typed)
    return done.output if done.exception is None else str(done.exception)


def test_links_are_made_listed_and_removed(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "webleads.sqlite")
    site = add_site(database, "blog.exemple.fr", now=utc_now())
    assert "no link" in run(tmp_path, "list")
    asked = ("--page", "weekly", "--companies", "--filter", "country:is:FR", "--until", "2099-12-31")
    url = run(tmp_path, "add", "Pour Anna", *asked).strip()
    found = find_link(database, url.rpartition("/share/")[2])
    assert found
    link, domain = found
    assert (link.name, link.page, link.shows_companies, filters_of(link), domain) == ("Pour Anna", "weekly", True, ["country:is:FR"], "blog.exemple.fr")  # fmt: skip
    assert link.ends_at
    assert link.ends_at.isoformat() == "2099-12-31T23:00:00+00:00"
    assert run(tmp_path, "add", "Tous", "--public").strip().endswith("/public/blog.exemple.fr")
    assert find_public(database, site.id)
    run(tmp_path, "add", "Secret", "--password", typed="une phrase\nune phrase\n")
    run(tmp_path, "add", "Intranet", "--frame-hosts", "intranet.exemple.fr", "--frame-hosts", "Wiki.exemple.fr")
    listed = run(tmp_path, "list").splitlines()
    assert listed[0].split(maxsplit=1)[1] == "weekly with companies, until 2099-12-31: Pour Anna"
    assert listed[3].split(maxsplit=1)[1] == "dashboard, embedded on intranet.exemple.fr wiki.exemple.fr: Intranet"
    assert listed[1].split(maxsplit=1)[1] == "dashboard public: Tous"
    assert run(tmp_path, "remove", "1") == "“Pour Anna” is removed; its URL shows nothing from now on\n"
    assert find_link(database, url.rpartition("/share/")[2]) is None
    database.close()


def test_what_is_no_link_is_refused_in_a_line(tmp_path: Path) -> None:
    database = new_app_database(tmp_path / "webleads.sqlite")
    site = add_site(database, "blog.exemple.fr", now=utc_now())
    refused = {
        ("add", "x", "--filter", "nothing:is:x"): "`--filter`",
        ("add", "x", "--until", "tomorrow"): "“tomorrow” is not a day",
        ("add", " "): "Write a name",
        ("add", "x", "--frame-hosts", "a.fr; script-src *"): "not a host",
        ("add", "x", "--until", "2020-01-01"): "The end is over already",
        ("remove", "7"): "there is no link 7",
    }
    for words, said in refused.items():
        assert said in run(tmp_path, *words), words
    assert not links_of(database, site.id)
    database.close()
