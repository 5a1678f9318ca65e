from __future__ import annotations

import pytest

from dashboards.presentation import labels
from tracker.enrichment.bots import BotRule, NamelessBot
from tracker.enrichment.drops import DropReason
from tracker.imports.log_scanners import ScannerSign


@pytest.mark.parametrize("reason", list(DropReason))
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_reason_to_drop_a_hit_has_a_name_and_a_meaning(reason: DropReason, language: str) -> None:
    assert labels.drop_reason(language, reason) != reason.value
    assert labels.drop_meaning(language, reason).endswith(".")


def test_words_are_in_the_language_that_is_asked_for() -> None:
    assert labels.network_kind("fr", "education") == "Enseignement"
    assert labels.network_kind("en", "education") == "Education"
    assert labels.channel("fr", "AI Assistants") == "Assistants IA"
    assert labels.country("fr", "DE") == "Allemagne"
    assert labels.country("en", "de") == "Germany"


@pytest.mark.parametrize(
    ("function", "code"),
    [
        (labels.network_kind, "satellite"),
        (labels.channel, "Carrier Pigeon"),
        (labels.drop_reason, "moon_phase"),
        (labels.country, "ZZZ"),
    ],
)
def test_a_code_of_a_later_version_is_shown_as_it_is(function, code: str) -> None:  # type: ignore[no-untyped-def]
    assert function("fr", code) == code


def test_a_nameless_bot_is_called_in_the_language_of_who_looks() -> None:
    assert labels.drop_detail("fr", "Many pages and no reading") == "Beaucoup de pages sans temps de lecture"
    assert labels.drop_detail("fr", "Googlebot") == "Googlebot"
    assert labels.drop_detail("en", "Empty user agent") == "Missing user agent"


def test_every_rule_and_every_nameless_bot_has_its_words() -> None:
    assert set(labels.BOT_RULES) == set(BotRule)
    assert set(labels.NAMELESS_BOTS) == {*NamelessBot, *ScannerSign}
    assert [one for one in labels.NAMELESS_BOTS if labels.drop_detail("fr", one) == one] == []


def test_countries_are_those_of_the_iso_list_and_no_code_for_tests_or_groups_of_them() -> None:
    found = labels.territories("fr")
    assert 245 <= len(found) <= 252
    assert {"FR", "BE", "RE"} <= set(found)
    assert not set(found) & {"XA", "XB", "EU", "EZ", "UN", "ZZ", "QO"}
