"""Finds the Chromium that the tests drive, and drives it without Playwright where Playwright would get in the way.

Playwright keeps every page focused and in view, and switches the back/forward cache off. `PlainChromium` speaks the
DevTools protocol (https://chromedevtools.github.io/devtools-protocol/) over a pipe and leaves tabs as visitors have
them.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def find_chromium(environment: Mapping[str, str] = os.environ) -> str | None:
    """The browser that the operator names, else the one on the PATH; None means Playwright's own."""
    named = environment.get("WEBLEADS_CHROMIUM")
    if named:
        if not shutil.which(named):
            raise FileNotFoundError(
                f"WEBLEADS_CHROMIUM names {named}, which is no program: give the path of a Chromium"
            )
        return named
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)


def find_headless_chromium(environment: Mapping[str, str] = os.environ) -> str | None:
    """The browser for pages that need no window and no tab: Chromium's headless shell where one is on the PATH.

    It has the whole of Chromium's engine and none of its window: a new page takes a quarter of the processor's time.
    """
    named = None if environment.get("WEBLEADS_CHROMIUM") else shutil.which("chromium-headless-shell")
    return named or find_chromium(environment)


class PlainChromium:
    """A headless Chromium with tabs in front and in the background, as a visitor has. Raises RuntimeError without an answer."""

    def __init__(self, program: str, profile: Path) -> None:
        hears, tells = os.pipe()
        listens, answers = os.pipe()

        def take_pipe() -> None:
            # Chromium reads commands from descriptor 3 and answers on 4; copies first, lest one hide the other.
            ours = os.dup(hears), os.dup(answers)
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)

        options = ["--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        # Without background networking Chromium does not prerender.
        options += [argument for argument in ARGUMENTS if argument != "--disable-background-networking"]
        self._process = subprocess.Popen(
            [program, *options, "about:blank"], preexec_fn=take_pipe, close_fds=False, stderr=subprocess.DEVNULL
        )
        os.close(hears)
        os.close(answers)
        self._tells, self._listens = tells, listens
        self._received = b""
        self._calls = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.call("Browser.close")
        self._process.wait(10)
        os.close(self._tells)
        os.close(self._listens)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._calls += 1
        message: dict[str, Any] = {"id": self._calls, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._tells, json.dumps(message).encode() + b"\0")
        while (answer := self._next_message()).get("id") != self._calls:
            continue
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _next_message(self) -> dict[str, Any]:
        while b"\0" not in self._received:
            if not select.select([self._listens], [], [], 60)[0]:
                raise RuntimeError("Chromium did not answer within 60 seconds")
            self._received += os.read(self._listens, 65536)
        message, self._received = self._received.split(b"\0", 1)
        parsed: dict[str, Any] = json.loads(message)
        return parsed

    def open_alone(self, url: str) -> None:
        """Opens a page in front that nobody inspects: Chromium does not prerender in a tab under inspection."""
        self.call("Target.createTarget", url=url)

    def open_tab(self, url: str = "about:blank", *, background: bool = False) -> Tab:
        target = self.call("Target.createTarget", url=url, background=background)["targetId"]
        return Tab(self, target)


class Tab:
    """One tab of a PlainChromium."""

    def __init__(self, browser: PlainChromium, target: str) -> None:
        self._browser = browser
        self._target = target
        self._session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def run_in_each_page(self, script: str) -> None:
        """Runs a script in the pages that come, before their own."""
        self._browser.call("Page.enable", self._session)
        self._browser.call("Page.addScriptToEvaluateOnNewDocument", self._session, source=script)

    def goto(self, url: str) -> None:
        self._browser.call("Page.navigate", self._session, url=url)
        self.wait_for(f"location.href == {json.dumps(url)} && document.readyState == 'complete'")

    def show(self) -> None:
        """Brings the tab to the front: what was in front is hidden."""
        self._browser.call("Page.bringToFront", self._session)
        self.wait_for("document.visibilityState == 'visible' && document.hasFocus()")

    def emulate_phone(self) -> None:
        """Gives the tab a phone's screen and touch."""
        screen = {"width": 390, "height": 844, "deviceScaleFactor": 3, "mobile": True}
        self._browser.call("Emulation.setDeviceMetricsOverride", self._session, **screen)
        self._browser.call("Emulation.setTouchEmulationEnabled", self._session, enabled=True)

    def run(self, expression: str) -> Any:
        answer = self._browser.call("Runtime.evaluate", self._session, expression=expression, returnByValue=True)
        return answer["result"].get("value")

    def wait_for(self, condition: str, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                if self.run(condition):
                    return
            except RuntimeError:
                pass  # The page is on its way to another one.
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {condition}")

    def close(self) -> None:
        self._browser.call("Target.closeTarget", targetId=self._target)
