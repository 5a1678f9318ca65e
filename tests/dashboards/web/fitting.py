"""What does not fit the screen of a page that stands open in a browser, from a desktop to the narrowest phone."""

from __future__ import annotations

from playwright.sync_api import Page

# The styles change at no width from 360 to 390, so that what fits the narrowest phone fits the others.
WIDTHS = (1280, 800, 360)
# Texts narrower than a fifth of the screen that run over more than four lines.
SQUEEZED = """[...document.querySelectorAll("main p, main h2, main h3")]
  .filter(one => one.checkVisibility() && one.offsetWidth && one.offsetWidth < innerWidth / 5)
  .filter(one => one.offsetHeight > 4.5 * parseFloat(getComputedStyle(one).lineHeight))
  .map(one => one.textContent.slice(0, 40))"""
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
IS_CUT = "[...document.querySelectorAll('.nav')].some(one => one.scrollWidth > one.clientWidth)"
ALL_THREE = f"() => [{IS_TOO_WIDE}, {IS_CUT}, {SQUEEZED}]"


def misfits(page: Page, width: int) -> list[str]:
    """A page that is wider than the screen, a menu that is cut, and text that is squeezed into a column of letters.

    The screen has this width already: to lay a page out anew takes longer than to look at it.
    """
    too_wide, cut, squeezed = page.evaluate(ALL_THREE)
    return [
        *([f"too wide at {width}"] if too_wide else []),
        *([f"the menu is cut at {width}"] if cut else []),
        *(f"squeezed at {width}: {text}" for text in squeezed),
    ]
