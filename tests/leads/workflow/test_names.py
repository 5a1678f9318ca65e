"""Which ids a company has: they stay when it is renamed, and are united, never lost, when it is merged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tracker.leads.corrections.rules import Kind, Rule, Rules
from tracker.leads.workflow.names import Identity, KnownNames

DOMAINS = {"Acme": ("acme.com",), "ACME": (), "Zéphyr": (), "Bolt": ("bolt.fr", "acme.com")}
OWNERS = {"acme.com": "Acme", "bolt.fr": "Bolt"}


def known(*rules: tuple[Kind, str, str]) -> KnownNames:
    return KnownNames(DOMAINS, OWNERS, Rules(Rule(None, *one) for one in rules).shown_names("a.fr"))


def test_an_id_is_the_domain_of_its_owner_else_the_folded_name() -> None:
    plain = known()
    assert plain.identity("Acme").own == ("acme.com", "name:Acme")
    assert plain.identity("ACME").own == ("acme", "name:ACME")
    assert plain.identity("Bolt").own == ("bolt.fr", "bolt", "name:Bolt"), (
        "it had the second before its domain was known"
    )
    assert {plain.meant(one) for one in ("zéphyr", "name:Zéphyr")} == {"Zéphyr"}
    assert plain.meant("nowhere.example") is None


def test_a_renamed_company_keeps_its_id_and_has_that_of_its_new_name_too() -> None:
    renamed = known((Kind.RENAME, "Zéphyr", "Vent"), (Kind.RENAME, "Vent", "Brise"))
    assert renamed.identity("Brise").own == ("zéphyr", "name:Zéphyr", "vent", "name:Vent", "brise", "name:Brise")
    assert {renamed.meant(one) for one in ("zéphyr", "vent", "name:Brise")} == {"Brise"}
    back = known((Kind.RENAME, "Zéphyr", "Vent"), (Kind.RENAME, "Vent", "Zéphyr"))
    assert back.identity("Zéphyr").own[0] == "zéphyr"


def test_of_merged_companies_the_one_that_stays_gives_the_id() -> None:
    merged = known((Kind.MERGE, "Zéphyr", "Bolt"), (Kind.RENAME, "Bolt", "Éclair"))
    assert merged.identity("Éclair") == Identity(
        ("bolt.fr", "bolt", "name:Bolt", "éclair", "name:Éclair"), ("zéphyr", "name:Zéphyr")
    )
    assert merged.meant("zéphyr") == "Éclair"


NAMES = st.sampled_from([*DOMAINS, "New", "Other", "acme", "bolt.fr"])
CORRECTIONS = st.lists(
    st.tuples(st.sampled_from([Kind.RENAME, Kind.MERGE]), NAMES, NAMES).filter(lambda one: one[1] != one[2]), max_size=6
)


@given(CORRECTIONS)
def test_whatever_is_corrected_every_id_means_one_company_and_none_is_lost(
    corrections: list[tuple[Kind, str, str]],
) -> None:
    plain, corrected = known(), known(*corrections)
    claimed: dict[str, str] = {}
    for shown in corrected.shown:
        identity = corrected.identity(shown)
        assert corrected.meant(identity.own[0]) == shown
        for one in identity.all:
            assert claimed.setdefault(one, shown) == shown, "no id is two companies'"
    for name in DOMAINS:
        for one in plain.identity(name).all:
            assert corrected.meant(one) == corrected.corrections.shown(name), "what was set for an id is found"
            assert one in corrected.identity(corrected.corrections.shown(name)).all


@given(CORRECTIONS, st.sampled_from(sorted(DOMAINS)), st.sampled_from(["New", "Other"]))
def test_a_new_name_never_changes_the_id(corrections: list[tuple[Kind, str, str]], name: str, new: str) -> None:
    before = known(*corrections)
    shown = before.corrections.shown(name)
    if new in before.corrections.all_names:
        return
    assert known(*corrections, (Kind.RENAME, shown, new)).identity(new).own[0] == before.identity(shown).own[0]
