from __future__ import annotations

from tracker.enrichment.company import Clues, Company, StepAnswer, explain_company, identify_company
from tracker.enrichment.geo import NetworkRecord
from tracker.enrichment.network import Network, NetworkKind

TENANT = "armor.sharepoint.com"


def clues(kind: NetworkKind, **more: object) -> Clues:
    return Clues(
        "192.0.2.7", NetworkRecord(), Network(64500, "Biscuiterie Armor SAS", kind, "so it is")._replace(**more)
    )


def test_the_first_step_that_finds_a_company_decides() -> None:
    found = identify_company(clues(NetworkKind.BUSINESS)._replace(referrer_host=TENANT))
    assert found is not None
    assert found.method == "as_organisation"


def test_a_provider_names_nobody_and_the_next_steps_are_asked() -> None:
    asked = clues(NetworkKind.ISP)._replace(referrer_host=TENANT)
    found = identify_company(asked)
    assert found is not None
    assert found.method == "tenant_referrer"


def test_every_step_says_what_it_finds_or_why_it_finds_nothing() -> None:
    answers = explain_company(clues(NetworkKind.ISP))
    assert [answer.company for answer in answers] == [None] * len(answers)
    assert all(isinstance(answer, StepAnswer) and answer.reason for answer in answers)
    by_network = next(answer for answer in answers if answer.method == "as_organisation")
    assert "seller" in by_network.reason


def test_a_step_that_finds_a_company_says_its_evidence() -> None:
    answer = next(one for one in explain_company(clues(NetworkKind.BUSINESS)) if one.company)
    assert isinstance(answer.company, Company)
    assert answer.reason == answer.company.evidence
    assert "AS64500" in answer.reason
