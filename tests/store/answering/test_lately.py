"""What was asked of a site is known for some minutes, a few questions of each site."""

from __future__ import annotations

from tracker.store.answering.lately import QUESTIONS, SITES, Lately


def asked(lately: Lately, site: str) -> list[object]:
    found = lately.take(site)
    lately.put_back(site, found)
    return [*found]


def test_the_last_questions_of_a_site_are_known_for_ten_minutes() -> None:
    seconds = [0.0]
    lately = Lately(lambda: seconds[0])
    for number in range(QUESTIONS + 1):
        lately.note("a.fr", number, lambda _store: None)
    assert asked(lately, "a.fr") == [*range(1, QUESTIONS + 1)]
    seconds[0] = 400
    lately.note("a.fr", 1, lambda _store: None)
    seconds[0] = 700
    assert asked(lately, "a.fr") == [1]


def test_the_sites_that_were_looked_at_last_are_known() -> None:
    lately = Lately()
    for number in range(SITES + 1):
        lately.note(f"{number}.fr", "list", lambda _store: None)
    assert (asked(lately, "0.fr"), asked(lately, "1.fr")) == ([], ["list"])


def test_what_is_taken_out_and_not_put_back_is_forgotten() -> None:
    """As when it could not be asked."""
    lately = Lately()
    lately.note("a.fr", "list", lambda _store: None)
    taken = lately.take("a.fr")
    assert asked(lately, "a.fr") == []
    lately.note("a.fr", "newer", lambda _store: None)
    lately.put_back("a.fr", taken)
    assert asked(lately, "a.fr") == ["list", "newer"]


def test_sites_are_known_by_when_something_was_asked_of_them_not_by_when_it_was_taken() -> None:
    seconds = [0.0]
    lately = Lately(lambda: seconds[0])
    for site in ("a.fr", "b.fr"):
        seconds[0] += 1
        lately.note(site, "list", lambda _store: None)
    lately.put_back("a.fr", lately.take("a.fr"))
    assert lately.sites() == ["b.fr", "a.fr"]
