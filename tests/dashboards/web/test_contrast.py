"""Marks that mean something have 3:1 against what is behind them, in both themes, by the stylesheet's own colours.

The formula is WCAG's (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). axe-core measures texts only.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboards.email.rendering import TEMPLATES

Colour = tuple[float, float, float]

ASSETS = Path(__file__).parents[3] / "dashboards" / "web" / "assets"
THEMES = {"light": ":root", "dark": ':root[data-theme="dark"]'}
LEAST = 3.0
PAGE = ("--paper", "--surface")
# Marks by selector: the property that paints them, and what is behind them.
MARKS: dict[str, tuple[str, tuple[str, ...]]] = {
    ".spark path": ("stroke", PAGE),
    ".score-trend polyline": ("stroke", PAGE),
    ".course-bars": ("fill", PAGE),
    ".plot .line": ("stroke", PAGE),
    ".plot .tail": ("stroke", PAGE),
    ".plot .before": ("stroke", PAGE),
    ".plot .annotation": ("stroke", PAGE),
    ".plot .dot": ("stroke", PAGE),
    ".plot .dot-present": ("stroke", PAGE),
    ".legend-now, .legend-before": ("border-top", PAGE),
    ".legend-before": ("border-top", PAGE),
    ".row-bar .row-edge": ("fill", (*PAGE, "--bar", "--accent-soft")),
    ".mark rect": ("fill", PAGE),
    ".now-bar": ("fill", PAGE),
    ".live-dot": ("background", PAGE),
    ".waiting-dot": ("background", ("--warn-soft",)),
    ".visit::before": ("background", PAGE),
    ".score-high": ("background", PAGE),
    ".score-middle": ("border-color", PAGE),
    ".score-low": ("border-color", PAGE),
    ".task-mark": ("border", PAGE),
    ".figure a[aria-current]": ("box-shadow", PAGE),
    ".nav a[aria-current]": ("border-bottom-color", PAGE),
    "input, select, textarea": ("border", PAGE),
    ":focus-visible": ("outline", (*PAGE, "--accent-soft")),
    ".world-country:focus-visible path, .world-country:focus-visible circle": ("stroke", PAGE),
    "tr[data-lead]:focus-within": ("box-shadow", PAGE),
}
# What else is drawn, and means nothing that is not also said by a mark.
DECORATION = {
    ".plot .grid": "three faint lines, which the labels at the side explain",
    ".now-bars .grid": "the ground line, on which the bars stand",
    ".plot .area": "the line above it is the mark",
    ".slot .cursor": "the dot on it is the mark",
    ".row-bar rect": "its lower edge is the mark; the row's text stands on it",
    ".row:hover .row-bar rect:not(.row-edge)": "as without the pointer",
    ".mark circle": "the dot of the logo",
    ".world-empty": "the land of countries without visitors",
    ".world-country path, .world-country circle": "the borders",
    ".world-country:hover path, .world-country:hover circle": "the country's name and number stand beside the pointer",
} | {f".world-{step}": "the list below the map has each country's number" for step in range(1, 6)}


def rules() -> dict[str, dict[str, str]]:
    """The stylesheets' declarations by selector; the first of a selector holds, for wide screens."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted(ASSETS.glob("*.css")):
        text = re.sub(r"/\*.*?\*/|@import[^;]+;", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        for selector, body in re.findall(r"([^{};]+)\{([^{}]*)\}", text):
            declared = (line.partition(":") for line in body.split(";") if ":" in line)
            found.setdefault(" ".join(selector.split()), {name.strip(): value.strip() for name, _, value in declared})
    return found


RULES = rules()
EMAIL = (TEMPLATES / "report.html.j2").read_text(encoding="utf-8")


def tokens(theme: str) -> dict[str, str]:
    """The colours by name; what the dark theme does not change is as in the light one."""
    return RULES[":root"] | RULES[THEMES[theme]]


def colour(value: str, theme: str) -> Colour:
    """The colour that a declaration names."""
    if mixed := re.search(r"color-mix\(in srgb, (\S+) (\d+)%, (\S+)\)", value):
        return blend(colour(mixed[1], theme), colour(mixed[3], theme), int(mixed[2]) / 100)
    if named := re.search(r"var\((--[\w-]+)\)", value):
        return colour(tokens(theme)[named[1]], theme)
    found = re.search(r"#([0-9a-fA-F]{6})\b", value)
    assert found, value
    red, green, blue = bytes.fromhex(found[1])
    return red, green, blue


def blend(over: Colour, under: Colour, share: float) -> Colour:
    red, green, blue = (share * one + (1 - share) * other for one, other in zip(over, under, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(parts: Colour) -> float:
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("selector", MARKS)
def test_marks_stand_out_in_both_themes(selector: str, theme: str) -> None:
    painted_by, behind = MARKS[selector]
    declared = RULES[selector]
    inherited = RULES[".plot .dot"] if selector == ".plot .dot-present" else {}
    value = (inherited | declared)[painted_by]
    for name in behind:
        under = colour(f"var({name})", theme)
        seen = blend(colour(value, theme), under, float(declared.get("opacity", 1)))
        assert contrast(seen, under) >= LEAST, f"{contrast(seen, under):.2f} on {name}"


def test_whatever_is_drawn_is_a_mark_or_said_to_be_decoration() -> None:
    drawn = {
        selector
        for selector, declared in RULES.items()
        if any(declared.get(name, "none") != "none" for name in ("stroke", "fill"))
    }
    assert drawn
    assert drawn - set(MARKS) == set(DECORATION)


def test_both_dark_themes_have_the_same_colours() -> None:
    assert RULES[':root:not([data-theme="light"])'] == {
        name: value for name, value in RULES[':root[data-theme="dark"]'].items() if name != "color-scheme"
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("bar", [".bar", ".bar-before"])
def test_the_email_s_chart_is_seen_on_light_and_dark(bar: str, theme: str) -> None:
    light, dark = EMAIL.split("@media (prefers-color-scheme: dark)")
    found = re.findall(re.escape(bar) + r" \{ background-color: (#\w{6})", light)
    if theme == "dark":  # where it has no colour of its own it keeps the light one
        found += re.findall(re.escape(bar) + r" \{ background-color: (#\w{6})", dark)
    assert contrast(colour(found[-1], theme), colour("var(--paper)", theme)) >= LEAST
