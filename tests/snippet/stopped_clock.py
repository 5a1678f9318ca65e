"""A page whose clock stands still until it is moved: what it waits for is exact, however long the machine takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

# Counts what was answered or failed, just before the snippet hears of it.
COUNT_ANSWERS = """window.answers = 0; {
  const real = fetch;
  window.fetch = (...all) => {
    const asked = real(...all), count = () => { window.answers++ };
    asked.then(count, count);
    return asked;
  };
}"""


def stop_clock(page: Page) -> None:
    """Stops the clock of the pages that come; `page.clock.run_for` moves it."""
    page.add_init_script(COUNT_ANSWERS)
    page.clock.install()
    page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))


def wait_for_answers(page: Page, count: int) -> None:
    """Waits until that many of the page's requests were answered or failed, and it knows when it will try again."""
    page.wait_for_function(f"answers >= {count}")
