"""Small and large networks are marked in the judgements that leave much open, and in no others."""

from __future__ import annotations

from tools.mark_network_sizes import marked

LINES = ["# a head", "B 1", "x 2 3 4", "c 5 6", "- 7 8 9"]
SIZES = {1: 256, 2: 256, 3: 1024, 4: 4096, 5: 256, 6: 1 << 20, 7: 512, 8: 2048}


def test_each_open_judgement_has_the_letter_of_its_size() -> None:
    assert marked(LINES, SIZES) == ["# a head", "B 1", "x 3", "y 2", "z 4", "c 5", "d 6", "- 9", "l 8", "s 7"]


def test_marking_again_with_other_sizes_starts_from_the_judgements() -> None:
    assert marked(marked(LINES, SIZES), {}) == ["# a head", "B 1", "x 2 3 4", "c 5 6", "- 7 8 9"]
    assert marked(marked(LINES, SIZES), SIZES) == marked(LINES, SIZES)
