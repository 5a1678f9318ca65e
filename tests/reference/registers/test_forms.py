from __future__ import annotations

import pytest

from tracker.reference.registers.entries import Entry
from tracker.reference.registers.forms import form_agrees, is_foreign_form
from tracker.reference.registers.name_keys import name_keys


@pytest.mark.parametrize(
    ("name", "is_foreign"),
    [
        *(
            (f"Acme {form}", True)
            for form in ("GmbH", "GmbH & Co. KG", "Ltd.", "S.p.A.", "B.V.", "Sp. z o.o.", "AB", "Inc")
        ),
        *((f"Acme {form}", True) for form in ("Co., Ltd.", "Oy Ab", "Pty Ltd", "Ltd. GmbH", "Inc. LLC", "S.p.A. SAS")),
        *((f"Acme {form}", False) for form in ("& Co SAS", "et Cie SARL", "S. A. S.")),
        *((f"Acme {form}", False) for form in ("SAS", "SASU", "SARL", "Sàrl", "SA", "SE", "SNC", "SCOP", "")),
    ],
)
def test_knows_a_legal_form_that_no_french_company_has(name: str, is_foreign: bool) -> None:
    keys = name_keys(name)
    assert keys is not None
    assert is_foreign_form(keys) is is_foreign


@pytest.mark.parametrize(
    ("name", "entry", "agrees"),
    [
        ("Acme SAS", Entry("sirene", "1", "A", form="5710"), True),
        ("Acme SAS", Entry("sirene", "1", "A", form="5499"), False),
        ("Acme", Entry("sirene", "1", "A", form="5710"), None),
        ("Commune d’Acme", Entry("sirene", "1", "A", form="7210"), True),
        ("Commune d’Acme", Entry("sirene", "1", "A", form="5710"), False),
        ("Acme GmbH", Entry("gleif", "1", "A", form="2HBR"), True),
        ("Acme AG", Entry("gleif", "1", "A", form="2HBR"), False),
        ("Acme AG", Entry("gleif", "1", "A", form="8888"), None),
    ],
)
def test_compares_the_form_in_a_name_with_the_registers(name: str, entry: Entry, agrees: bool | None) -> None:
    keys = name_keys(name)
    assert keys is not None
    assert form_agrees(keys, entry) is agrees
