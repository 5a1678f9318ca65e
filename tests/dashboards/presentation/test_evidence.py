from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.presentation.evidence import in_words, is_known
from dashboards.translations import catalogue

ROOT = Path(__file__).parents[2]
WHERE_EVIDENCE_IS_SAID = (
    "tracker/enrichment/company/cascade.py",
    "tracker/enrichment/network/kind.py",
    "tracker/enrichment/company/email_domain.py",
    "tracker/enrichment/company/hostname.py",
    "tracker/leads/identify.py",
)
# What joins sentences, and what stands for a failure of the operator's own resolver.
NO_SENTENCES = {"no lead: X", "no lead: X is not who reads: X", "X is a lead when it reads: X", "IPinfo or ipapi"}


def sentences(module: str) -> Iterator[str]:
    """The texts of a module that read like sentences, places as X: three words or more, no docstring, no error."""
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        is_split = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split"
        if isinstance(node, ast.Raise) or is_split:
            skipped |= {id(inner) for inner in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(inner) for inner in ast.walk(node) if inner is not node}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(part.value if isinstance(part, ast.Constant) else "X" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if text.count(" ") >= 2 and text not in NO_SENTENCES and not text.startswith(("a ", "an ")):
            yield from text.split("; ")


@pytest.mark.parametrize("module", WHERE_EVIDENCE_IS_SAID)
def test_each_sentence_of_the_enrichment_is_known_here(module: str) -> None:
    found = [text for text in sentences(module) if text != "X"]
    assert found
    assert [text for text in found if not is_known(text)] == []


@pytest.mark.parametrize(
    ("english", "french"),
    [
        pytest.param(
            "AS6799 is run by Air France; the name says “air”",
            "AS6799 est exploité par Air France\u202f; le nom dit « air »".replace("« ", "«\u202f").replace(
                " »", "\u202f»"
            ),
            id="two-sentences",
        ),
        pytest.param("the network is run by Acme", "le réseau est exploité par Acme", id="a-term-in-a-place"),
        pytest.param(
            "AS3215 is known as an internet provider", "AS3215 est connu comme un fournisseur d’accès", id="kind"
        ),
        pytest.param(
            "Orange is not who reads: the network’s kind is not known",
            "Orange n’est pas celui qui lit\u202f: le type du réseau n’est pas connu",
            id="evidence-within",
        ),
        pytest.param("a sentence of a later version", "a sentence of a later version", id="unknown"),
        pytest.param("", "", id="empty"),
    ],
)
def test_says_it_in_french(english: str, french: str) -> None:
    assert in_words("fr", english) == french
    assert in_words("en", english) == english


def test_every_sentence_has_its_french() -> None:
    from dashboards.presentation.evidence import _SENTENCES, _TERMS

    french = catalogue("fr")
    assert [text for text in (*_SENTENCES, *_TERMS) if french.gettext(text) == text] == []
