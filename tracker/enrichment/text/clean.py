"""Makes text from strangers safe to show: no control characters, nothing invisible, no links. Pure.

A control character moves a terminal's cursor; a bidirectional override shows a name in reverse (Unicode Technical
Report 36, "Unicode Security Considerations", 3.1.2); a run of combining marks covers the lines around it.
"""

from __future__ import annotations

import re

WORD_JOINER = "\u2060"

# Controls and line separators but tabs and new lines: what stands on both sides of them are two words.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
# Bidirectional controls, invisible characters, tags, private use and surrogates. The joiners U+200C and U+200D stay:
# Persian words and many emoji are written with them.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\ue000-\uf8ff\ud800-\udfff\U000e0000-\U0010ffff]+"
)
# Three marks on a letter are more than any language writes.
_MARKS = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
# Text of letters, signs and spaces of Latin, Greek and Cyrillic, with none of these: nearly all there is, told in a twentieth
# of the time that looking for each of them takes, which counts where a whole page is looked through.
_PLAIN = re.compile(
    "[\t\n -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u202f-\u205e\u20a0-\u20bf\u2190-\u22ff"
    "\u25a0-\u25ff]*"
)
# What mail programs make a link of: a scheme, an email address, a host with an ending, whatever follows it.
_LINK_JOINT = re.compile(r"(?<=\w)(?=[.@:]\w)|(?<=:)(?=//)")


def visible_text(text: str) -> str:
    """The text without what cannot be seen; its lines stay."""
    if (text.isascii() and text.isprintable()) or _PLAIN.fullmatch(text):
        return text
    return _MARKS.sub(r"\1", _INVISIBLE.sub("", _CONTROLS.sub(" ", text)))


def clean_text(text: str, most: int | None = None) -> str:
    """The text on one line without what cannot be seen, cut at `most` characters."""
    text = " ".join(visible_text(text).split())
    if most is None or len(text) <= most:
        return text
    return text[: most - 1].rstrip() + "…"


def without_links(text: str) -> str:
    """The text with invisible word joiners, which keep a mail program from making links of it."""
    if "." not in text and ":" not in text and "@" not in text:
        return text
    return _LINK_JOINT.sub(WORD_JOINER, text)
