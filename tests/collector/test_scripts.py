"""How the scripts are served: by version and without, compressed, from the cache, at a path of the operator's."""

from __future__ import annotations

import base64
import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.collector.conftest import Caller
from tracker.collector.scripts import published

PLAIN = b"addEventListener('load', () => 'x'.repeat(500));"
LEADS = b"'leads';"
VERSION = hashlib.sha256(PLAIN).hexdigest()[:12]
LEADS_VERSION = hashlib.sha256(LEADS).hexdigest()[:12]


def build(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.js").write_bytes(content)
    (folder / f"{name}.js.gz").write_bytes(gzip.compress(content))
    (folder / f"{name}.js.br").write_bytes(b"br:" + content)


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    build(tmp_path / "assets", "webleads", PLAIN)
    build(tmp_path / "assets", "webleads-leads", LEADS)
    return tmp_path / "assets"


@pytest.fixture
def call(assets: Path, make_caller: Callable[..., Caller]) -> Caller:
    return make_caller()


def test_the_loader_is_asked_for_again_within_the_hour(call: Caller) -> None:
    answer = call("GET", "/js/webleads.js")
    assert (answer.status, answer.body) == (200, PLAIN)
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert "immutable" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        (f"/js/webleads.{VERSION}.js", PLAIN),
        (f"/js/webleads-leads.{LEADS_VERSION}.js", LEADS),
    ],
    ids=["snippet", "leads"],
)
def test_a_version_is_cached_for_good(call: Caller, path: str, content: bytes) -> None:
    answer = call("GET", path)
    assert (answer.status, answer.body) == (200, content)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_has_the_script_is_told_so(call: Caller) -> None:
    etag = call("GET", "/js/webleads.js").headers["ETag"]
    answer = call("GET", "/js/webleads.js", HTTP_IF_NONE_MATCH=etag)
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)
    assert call("GET", "/js/webleads.js", HTTP_IF_NONE_MATCH='"other"').status == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        pytest.param("gzip, deflate, br, zstd", "br", id="a browser of today"),
        pytest.param("gzip, deflate", "gzip", id="an older one"),
        pytest.param("br;q=0, gzip", "gzip", id="brotli refused"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_smallest_form_that_the_browser_takes_is_sent(call: Caller, accepted: str, encoding: str | None) -> None:
    answer = call("GET", "/js/webleads.js", HTTP_ACCEPT_ENCODING=accepted)
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(answer.body) == int(answer.headers["Content-Length"])


def test_a_page_of_any_origin_may_check_its_integrity(call: Caller, assets: Path) -> None:
    assert call("GET", "/js/webleads.js").headers["Access-Control-Allow-Origin"] == "*"
    built = published("webleads", assets)
    assert built == (VERSION, "sha384-" + base64.b64encode(hashlib.sha384(PLAIN).digest()).decode())
    assert published("nothing", assets) is None


def test_a_path_of_the_operator_s_serves_the_same(assets: Path, make_caller: Callable[..., Caller]) -> None:
    call = make_caller(script_path="/a/notes.js", event_path="/a/note", pixel_path="/a/n.gif")
    for path in ("/a/notes.js", f"/a/notes.{VERSION}.js", "/js/webleads.js", f"/js/webleads.{VERSION}.js"):
        assert call("GET", path).body == PLAIN, path
    for path in ("/a/notes-leads.js", f"/a/notes-leads.{LEADS_VERSION}.js", "/js/webleads-leads.js"):
        assert call("GET", path).body == LEADS, path
    event = b'{"n":"pageview","u":"https://a.fr/"}'
    assert call("POST", "/a/note", event).status == 202
    assert call("POST", "/api/event", event).status == 202
    assert call("GET", "/a/n.gif?u=https://a.fr/").headers["Content-Type"] == "image/gif"
    assert len(call.kept()) == 3


def test_a_version_that_was_published_is_served_after_an_upgrade(
    assets: Path, make_caller: Callable[..., Caller], tmp_path: Path
) -> None:
    make_caller(kept=tmp_path / "scripts")
    build(assets, "webleads", b"another build")
    call = make_caller(kept=tmp_path / "scripts", script_path="/a/notes.js")

    assert call("GET", "/js/webleads.js").body == b"another build"
    for path in (f"/js/webleads.{VERSION}.js", f"/a/notes.{VERSION}.js"):
        answer = call("GET", path, HTTP_ACCEPT_ENCODING="br")
        assert (answer.body, answer.headers["Content-Encoding"]) == (b"br:" + PLAIN, "br")
        assert "immutable" in answer.headers["Cache-Control"]


def test_a_kept_file_that_is_not_its_version_is_not_served(
    assets: Path, make_caller: Callable[..., Caller], tmp_path: Path
) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "webleads.0123456789ab.js").write_bytes(b"changed")
    assert make_caller(kept=tmp_path / "scripts")("GET", "/js/webleads.0123456789ab.js").status == 404


def test_versions_that_cannot_be_kept_keep_nothing_from_being_served(
    assets: Path, make_caller: Callable[..., Caller], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert make_caller(kept=tmp_path / "file")("GET", "/js/webleads.js").status == 200
    assert "cannot be kept for later" in caplog.text


@pytest.mark.parametrize("path", ["/js/", "/js/other.js", "/js/../secret", "/js/webleads.json"])
def test_what_is_no_script_is_not_found_and_not_remembered(call: Caller, path: str) -> None:
    answer = call("GET", path)
    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


def test_scripts_are_read_and_not_written(call: Caller) -> None:
    answer = call("POST", "/js/webleads.js", b"x")
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    head = call("HEAD", "/js/webleads.js")
    assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(PLAIN)))


def test_without_a_build_the_remedy_is_said(make_caller: Callable[..., Caller]) -> None:
    answer = make_caller()("GET", "/js/webleads.js")
    assert (answer.status, answer.body) == (503, b"the snippet is not built: run `make build`\n")
