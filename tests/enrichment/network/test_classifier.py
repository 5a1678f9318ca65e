"""How the weights of the classifier are made: from free sources alone, the same from the same input, and as the shipped file has them."""

from __future__ import annotations

import pytest

from tools import make_network_weights as making
from tracker.enrichment.network.classifier import JUDGED, NOT_READ, network_model
from tracker.enrichment.network.labelled_asns import KINDS, LARGE_NO_ORGANISATION, NO_ORGANISATIONS, mark_of

# AS numbers by their judgement: MIT is a school, Cogent was read and is a provider, a private number was never read.
SCHOOL, CARRIER, UNREAD = 3, 174, 4_200_000_000


def test_only_hosts_of_free_lists_are_read() -> None:
    """The rows say more (a self-made label, ASdb's, other lists), which must not reach the weights."""
    rows = [
        {"asn": "64496", "dc_lists": "umkus", "label": "hosting", "is_org": "0", "asdb3": "Hosting"},
        {"asn": "64497", "dc_lists": "", "label": "isp", "is_org": "0", "asdb3": "ISP"},
        {"asn": "64498", "dc_lists": "umkus|x4b", "label": "isp", "is_org": "0", "asdb3": ""},
        {"asn": "64499", "dc_lists": "badasn", "label": "business", "is_org": "1", "asdb3": "Business"},
    ]
    assert making.free_hosts(rows) == {64498, 64499}


@pytest.mark.parametrize(
    ("asn", "name", "is_organisation"),
    [
        pytest.param(SCHOOL, "Exemple", True, id="judged an organisation's"),
        pytest.param(CARRIER, "Exemple", False, id="judged no organisation's"),
        pytest.param(UNREAD, "Exemple Telecom", False, id="a provider's word, not read"),
        pytest.param(UNREAD, "Exemple", None, id="not read"),
    ],
)
def test_a_network_is_learned_from_its_judgement_or_a_providers_word(
    asn: int, name: str, is_organisation: bool | None
) -> None:
    found = [case.is_organisation for case in making.cases_of({asn: name}, set())]
    assert found == ([] if is_organisation is None else [is_organisation])


def test_a_listed_host_is_a_provider_whatever_its_judgement() -> None:
    assert [case.is_organisation for case in making.cases_of({SCHOOL: "Exemple"}, {SCHOOL})] == [False]


def test_training_tells_words_apart_and_gives_the_same_again() -> None:
    cases = [
        making.Case(64496 + place, f"{word} {place}", word == "bakery", 1.0)
        for place in range(20)
        for word in ("bakery", "fibre")
    ]
    model = making.train(cases)
    assert model.score("bakery", None) > 0 > model.score("fibre", None)
    assert making.train(cases).weights == model.weights


def test_the_shipped_weights_are_those_of_the_script() -> None:
    model = network_model()
    assert model.threshold == making.THRESHOLD
    judged = {name.removeprefix(JUDGED): weight for name, weight in model.weights.items() if name.startswith(JUDGED)}
    assert judged == {mark: weight for mark, weight in making.JUDGEMENTS.items() if weight}
    assert set(making.JUDGEMENTS) == {*KINDS, *NO_ORGANISATIONS, NOT_READ}


def test_a_number_that_was_not_read_has_no_mark() -> None:
    assert mark_of(CARRIER) == LARGE_NO_ORGANISATION
    assert mark_of(UNREAD) is None
