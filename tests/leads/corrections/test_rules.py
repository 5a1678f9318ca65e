"""What names count as: chains end at their last name, circles are left out, a site's own come first."""

from __future__ import annotations

from tracker.leads.corrections.rules import Kind, Rule, Rules


def _rename(subject: str, target: str, site: str | None = None) -> Rule:
    return Rule(site, Kind.RENAME, subject, target)


def test_a_chain_ends_at_its_last_name() -> None:
    assert Rules([_rename("A", "B"), _rename("B", "C")]).names_of("one") == {"A": "C", "B": "C"}


def test_names_that_go_round_stay_as_they_are() -> None:
    assert Rules([_rename("A", "B"), _rename("B", "A"), _rename("D", "E")]).names_of("one") == {"D": "E"}


def test_a_sites_own_correction_comes_before_that_of_all_sites() -> None:
    rules = Rules([_rename("A", "Own", "one"), _rename("A", "Shared")])
    assert (rules.names_of("one"), rules.names_of("two")) == ({"A": "Own"}, {"A": "Shared"})
    assert rules.concern("two")
    assert not Rules([_rename("A", "Own", "one")]).concern("two")
    assert not Rules()
