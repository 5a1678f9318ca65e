"""A chart of the days of a week or month as a PNG: bars, with the period before as thin lines, and no text: it needs no fonts.

Colours are mid tones on a transparent background, so that it can be seen on light and dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

# Twice the size at which it is shown, for sharp screens.
WIDTH, HEIGHT = 1104, 240

BAR = (26, 140, 136, 255)
BEST_BAR = (11, 110, 110, 255)
BEFORE = (125, 134, 146, 255)
_GROUND = (139, 148, 160, 90)


def day_chart(values: Sequence[int], before: Sequence[int]) -> bytes:
    """Returns a PNG of the days' figures, each with the same day of the period before as a line."""
    image = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    top = max([*values, *before, 1])
    slot = WIDTH / max(len(values), 1)
    for day, value in enumerate(values):
        left, right = day * slot + slot * 0.2, (day + 1) * slot - slot * 0.2
        height = _height(value, top)
        if value:
            colour = BEST_BAR if value == max(values) else BAR
            draw.rounded_rectangle((left, HEIGHT - 4 - height, right, HEIGHT - 4), radius=6, fill=colour)
        if day < len(before) and before[day]:
            level = HEIGHT - 4 - _height(before[day], top)
            draw.line((left - slot * 0.08, level, right + slot * 0.08, level), fill=BEFORE, width=4)
    draw.line((0, HEIGHT - 2, WIDTH, HEIGHT - 2), fill=_GROUND, width=2)
    target = BytesIO()
    image.save(target, "PNG", optimize=True)
    return target.getvalue()


def _height(value: int, top: int) -> float:
    return max(6.0, (HEIGHT - 12) * value / top)
