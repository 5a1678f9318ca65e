"""The snippet in Debian's own Firefox, which Playwright cannot drive: the pages act by themselves and tell of errors."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.snippet.servers import Blog, Service

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
pytestmark = pytest.mark.skipif(FIREFOX is None, reason="there is no Firefox here")

PREFERENCES = """user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
user_pref("termsofuse.bypassNotification", true);
"""
ACTS = """<a id=out href="https://example.org/">x</a> <a id=file href="/rapport.pdf">x</a>
<form name=contact><button>s</button></form><script>
  const tell = n => fetch("API/api/event", {method: "POST", body: JSON.stringify({n, u: location.href})});
  onerror = message => { tell("error: " + message) };
  for (const type of ["click", "submit"]) addEventListener(type, e => e.preventDefault());
  onload = () => setTimeout(() => {
    document.querySelector("#out").click();
    document.querySelector("#file").click();
    document.querySelector("form").requestSubmit();
    webleads("Call", {props: {a: "b"}});
    history.pushState(0, "", "/two");
    setTimeout(() => tell("stored: " + [document.cookie, localStorage.length, sessionStorage.length]), 500);
  }, 300);
</script>"""


@pytest.fixture
def open_page(tmp_path: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    opened: list[subprocess.Popen[bytes]] = []
    yield opened
    for process in opened:
        process.terminate()
        process.wait(20)


def test_firefox_tells_of_pages_and_acts_and_keeps_nothing(
    open_page: list[subprocess.Popen[bytes]], blog: Blog, service: Service, tmp_path: Path
) -> None:
    assert FIREFOX is not None
    (tmp_path / "user.js").write_text(PREFERENCES)
    url = blog.put("/one", blog.article(ACTS.replace("API", service.origin)))
    command = [FIREFOX, "--headless", "--no-remote", "--profile", str(tmp_path), url]
    open_page.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    service.wait_for("stored: ,0,0", seconds=60)
    service.wait_for("pageview", 2)
    assert [event["u"] for event in service.events("pageview")] == [url, blog.origin + "/two"]
    assert service.wait_for("Outbound Link: Click")[0]["props"] == {"url": "https://example.org/"}
    assert service.wait_for("File Download")[0]["props"] == {"url": blog.origin + "/rapport.pdf"}
    assert service.wait_for("Form: Submission")[0]["props"] == {"form": "contact"}
    assert service.wait_for("Call")[0]["props"] == {"a": "b"}
    assert not [event["n"] for event in service.events() if event["n"].startswith("error")]
