"""The WordPress plugin, run by PHP over as much of WordPress as it calls."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
import struct
import subprocess
import zipfile
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

PLUGIN = Path(__file__).parents[3] / "snippet" / "wordpress" / "webleads-tracker"
WORDPRESS = Path(__file__).with_name("wordpress.php")
CHOSEN = {"server": "https://stats.example.fr", "domain": "blog.example.fr"}


@pytest.fixture(scope="module")
def php() -> str:
    found = shutil.which("php")
    if found is None and os.environ.get("CI"):
        pytest.fail("no PHP: CI must install it")
    if found is None:
        pytest.skip("no PHP on this machine (Debian, Ubuntu: apt-get install php-cli)")
    return found


@pytest.fixture
def wordpress(php: str) -> Any:
    def run(do: str, **state: Any) -> dict[str, Any]:
        command = [php, "-d", "display_errors=stderr", "-d", "error_reporting=-1", str(WORDPRESS)]
        ran = subprocess.run(command, input=json.dumps({"do": do} | state), capture_output=True, text=True, check=True)
        assert ran.stderr == ""
        answer: dict[str, Any] = json.loads(ran.stdout)
        return answer

    return run


@pytest.mark.parametrize("file", sorted(PLUGIN.rglob("*.php")), ids=lambda file: file.name)
def test_php_can_read_each_file(php: str, file: Path) -> None:
    assert subprocess.run([php, "-l", str(file)], capture_output=True, check=False).returncode == 0
    assert re.search(r"if \( ! defined\( '(ABSPATH|WP_UNINSTALL_PLUGIN)' \) \) {\s+exit;", file.read_text())


def test_nothing_is_loaded_before_the_server_is_known(wordpress: Any) -> None:
    assert wordpress("front")["html"] == "<head></head><body></body>"


def test_the_script_is_in_the_head_and_the_image_in_the_body(wordpress: Any) -> None:
    html = wordpress("front", options=CHOSEN, uri="/publier/?page=2&x=<b>")["html"]
    head, body = html.split("</head>")
    assert head == (
        '<head><script id="webleads-tracker" defer data-domain="blog.example.fr"'
        ' src="https://stats.example.fr/js/webleads.js"></script>\n'
    )
    assert body.startswith('<body><noscript><img src="https://stats.example.fr/pixel.gif?d=blog.example.fr&#038;u=')
    assert "u=https%3A%2F%2Fwww.blog.example.fr%2Fpublier%2F%3Fpage%3D2%26x%3Db" in body
    assert 'alt=""' in body


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        pytest.param({}, {"user_can": ["edit_posts"]}, id="editors"),
        pytest.param({}, {"is_preview": True}, id="previews"),
    ],
)
def test_is_not_counted(wordpress: Any, changes: dict[str, Any], state: dict[str, Any]) -> None:
    assert wordpress("front", options=CHOSEN | changes, **state)["html"] == "<head></head><body></body>"


def test_subscribers_are_readers_and_editors_are_when_asked(wordpress: Any) -> None:
    assert "<script" in wordpress("front", options=CHOSEN, user_can=["read"])["html"]
    assert "<script" in wordpress("front", options=CHOSEN | {"count_editors": True}, user_can=["edit_posts"])["html"]


def test_a_page_that_was_not_found_says_so(wordpress: Any) -> None:
    assert "data-404" in wordpress("front", options=CHOSEN, is_404=True)["html"]
    assert "data-404" not in wordpress("front", options=CHOSEN)["html"]


def test_the_leads_module_is_loaded_for_a_consent_manager_alone(wordpress: Any) -> None:
    html = wordpress("front", options=CHOSEN | {"consent": "axeptio"})["html"]
    assert 'data-consent="axeptio" src="https://stats.example.fr/js/webleads-leads.js"></script>' in html
    assert "data-consent" not in wordpress("front", options=CHOSEN)["html"]
    assert wordpress("save", sent={"consent": "somebody's"})["options"][0]["consent"] == ""
    assert wordpress("save", sent={"consent": "google"})["options"][0]["consent"] == "google"


def test_paths_of_ones_own_are_used(wordpress: Any) -> None:
    html = wordpress("front", options=CHOSEN | {"script": "/lib/a.js", "event": "/lib/a"})["html"]
    assert 'src="https://stats.example.fr/lib/a.js"' in html
    assert 'data-api="https://stats.example.fr/lib/a"' in html


def test_saves_what_was_typed_in_a_safe_form(wordpress: Any) -> None:
    sent = {"server": " https://stats.example.fr/ ", "domain": "Blog.Example.fr", "script": "", "noscript": "1"}
    saved = wordpress("save", sent=sent)
    assert saved["errors"] == []
    assert saved["options"][0] == {
        "server": "https://stats.example.fr",
        "domain": "blog.example.fr",
        "script": "/js/webleads.js",
        "event": "",
        "count_editors": False,
        "noscript": True,
        "consent": "",
    }


@pytest.mark.parametrize("server", ["javascript:alert(1)", "stats", "https://", "https://a.fr/?x=1", "ftp://a.fr"])
def test_refuses_what_is_no_address_and_keeps_the_old_one(wordpress: Any, server: str) -> None:
    saved = wordpress("save", options=CHOSEN, sent={"server": server, "domain": "blog.example.fr"})
    assert saved["options"][0]["server"] == "https://stats.example.fr"
    assert "must begin with https://" in saved["errors"][0]


def test_html_in_a_field_stays_text(wordpress: Any) -> None:
    options = wordpress("save", sent={"server": "https://a.fr", "domain": '"><script>'})["options"][0]
    assert options["domain"] == "script"
    page = wordpress(
        "settings", options=CHOSEN | {"domain": '"><script>alert(1)</script>'}, user_can=["manage_options"]
    )
    assert "<script>" not in page["html"]


def test_the_settings_page_is_for_administrators(wordpress: Any) -> None:
    assert wordpress("settings", options=CHOSEN, user_can=["edit_posts"])["html"] == ""
    page = wordpress("settings", options=CHOSEN, user_can=["manage_options"])["html"]
    assert 'name="webleads_tracker[server]" value="https://stats.example.fr"' in page
    assert page.count("<label for=") == 7


def test_the_list_of_plugins_links_to_the_settings(wordpress: Any) -> None:
    assert "options-general.php?page=webleads-tracker" in wordpress("links")["html"]


@pytest.mark.parametrize(("multisite", "left"), [(False, [None, CHOSEN]), (True, [None, None])])
def test_uninstalling_removes_what_was_stored(wordpress: Any, multisite: bool, left: list[Any]) -> None:
    assert wordpress("uninstall", options=CHOSEN, multisite=multisite)["options"] == left


def test_every_sentence_is_in_french() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in PLUGIN.rglob("*.php"))
    sentences = set(re.findall(r"(?:esc_html)?__\( '((?:[^'\\]|\\.)+)', 'webleads-tracker' \)", code))
    catalogue = (PLUGIN / "languages" / "webleads-tracker-fr_FR.po").read_text(encoding="utf-8")
    translated = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue, re.MULTILINE))
    assert len(sentences) > 10
    assert sentences <= set(translated)


def test_the_readme_has_the_headers_that_the_directory_asks_for() -> None:
    readme = (PLUGIN / "readme.txt").read_text(encoding="utf-8")
    header = dict(re.findall(r"^([A-Z][\w ]+): (.+)$", readme, re.MULTILINE))
    code = (PLUGIN / "webleads-tracker.php").read_text(encoding="utf-8")
    assert readme.startswith("=== webleads-tracker ===\n")
    for name in ("Contributors", "Tags", "Requires at least", "Tested up to", "Requires PHP", "Stable tag", "License"):
        assert header[name]
    assert len(header["Tags"].split(",")) <= 5
    for name in ("Requires at least", "Requires PHP"):
        assert re.search(rf"{name}:\s+{re.escape(header[name])}$", code, re.MULTILINE)
    assert re.search(rf"Version:\s+{re.escape(header['Stable tag'])}$", code, re.MULTILINE)


def test_the_zip_holds_the_plugin_with_translations_that_wordpress_can_read(tmp_path: Path) -> None:
    runpy.run_path(str(PLUGIN.parent / "build.py"))["pack"](tmp_path / "plugin.zip")
    with zipfile.ZipFile(tmp_path / "plugin.zip") as archive:
        assert "webleads-tracker/webleads-tracker.php" in archive.namelist()
        compiled = archive.read("webleads-tracker/languages/webleads-tracker-fr_FR.mo")
    assert GNUTranslations(BytesIO(compiled)).gettext("Count editors") == "Compter les rédacteurs"
    # WordPress's MO reader: the translations' index must end where the hash table begins.
    _, _, strings, _, translations_at, _, hash_at = struct.unpack_from("<7I", compiled)
    assert hash_at - translations_at == strings * 8
