"""What does not fit the screen of a page that stands open in a browser, from a desktop to the narrowest phone."""

from __future__ import annotations

from playwright.sync_api import Page

WIDTHS = (1280, 800, 390, 360)
# Texts narrower than a fifth of the screen that run over more than four lines.
SQUEEZED = """[...document.querySelectorAll("main p, main h2, main h3")]
  .filter(one => one.checkVisibility() && one.offsetWidth && one.offsetWidth < innerWidth / 5)
  .filter(one => one.offsetHeight > 4.5 * parseFloat(getComputedStyle(one).lineHeight))
  .map(one => one.textContent.slice(0, 40))"""
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
IS_CUT = "[...document.querySelectorAll('.nav')].some(one => one.scrollWidth > one.clientWidth)"
ALL_THREE = f"() => [{IS_TOO_WIDE}, {IS_CUT}, {SQUEEZED}]"


def misfits(page: Page) -> list[str]:
    """A page that is wider than the screen, a menu that is cut, and text that is squeezed into a column of letters."""
    found: list[str] = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        too_wide, cut, squeezed = page.evaluate(ALL_THREE)
        found += [f"too wide at {width}"] if too_wide else []
        found += [f"the menu is cut at {width}"] if cut else []
        found += [f"squeezed at {width}: {text}" for text in squeezed]
    return found
