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
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tracker.collector.page_url import site_names
from tracker.sites.sites import normalise_domain

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
        "image": "/pixel.gif",
        "count_editors": False,
        "noscript": True,
        "consent": "",
    }


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        *(
            ("server", typed, "such as https://stats.example.com")
            for typed in (
                "javascript:alert(1)", "stats", "https://", "https://a.fr/?x=1", "ftp://a.fr", "//stats.example.fr",
                "a b", "https://a b.fr", "https://user:secret@stats.example.fr", "https://a.fr/../b", "https://a.fr#x",
            )
        ),
        ("server", "https://stats.example.fr/js/webleads.js", "type https://stats.example.fr,"),
        ("domain", "https://blog/", "such as blog.example.com."),
        ("domain", "blog", "such as blog.example.com."),
        ("domain", "https://café.example/", "such as café.example."),
        ("domain", "blog.example.fr:8080", "such as blog.example.fr."),
        ("domain", "https://blog.example.fr/news", "such as blog.example.fr."),
        ("domain", "my blog", "type only its host"),
        ("domain", '"><script>', "type only its host"),
        ("domain", "a.fr,,b.fr", "type only its host"),
        ("script", "/a.js?x=1", "such as /js/webleads.js"),
        ("script", "https://cdn.example/a.js", "such as /js/webleads.js"),
        ("script", "/../a.js", "such as /js/webleads.js"),
        ("script", "/js/webleads", "such as /js/webleads.js"),
        ("event", "//evil.example/e", "such as /api/event"),
        ("event", "api/event", "such as /api/event"),
        ("image", "/pixel.gif?x", "such as /pixel.gif"),
    ],
)  # fmt: skip
def test_refuses_what_cannot_work_says_what_to_type_and_keeps_what_was_typed(
    wordpress: Any, field: str, typed: str, says: str
) -> None:
    sent = CHOSEN | {"noscript": "1"} | {field: typed}
    saved = wordpress("save", options=CHOSEN, sent=sent)
    assert {name: saved["options"][0][name] for name in CHOSEN} == CHOSEN
    assert saved["options"][0]["script"] == "/js/webleads.js"
    (problem,) = saved["errors"]
    assert says in problem
    assert "Nothing was saved." in problem
    assert saved["typed"][field] == typed
    assert saved["refused"] == [field]
    about = {"options": CHOSEN, "user_can": ["manage_options"]}
    page = wordpress("settings", typed=saved["typed"], refused=saved["refused"], **about)
    assert f'value="{escape(typed)}"' in page["html"].replace("&#039;", "&#x27;")
    assert re.findall(r'id="webleads-(\w+)"[^>]* aria-invalid="true"', page["html"]) == [field]
    assert page["typed"] is None  # whoever opens the page later sees what is stored
    assert saved["asked"] == []


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        ("domain", "A.example.fr , b.example.fr", "a.example.fr,b.example.fr"),
        ("domain", "Café.example", "café.example"),
        ("domain", "cafe\u0301.example", "cafe\u0301.example"),
        ("domain", "हिन्दी.example, 例え.example", "हिन्दी.example,例え.example"),
        ("domain", "xn--caf-dma.example", "xn--caf-dma.example"),
        ("domain", "my_blog.example", "my_blog.example"),
        ("domain", "localhost", "localhost"),
        ("server", "http://192.0.2.7:8000", "http://192.0.2.7:8000"),
        ("server", "http://[2001:db8::1]:8000", "http://[2001:db8::1]:8000"),
        ("server", "https://example.fr/stats/", "https://example.fr/stats"),
        ("image", "/lib/p.gif", "/lib/p.gif"),
    ],
)
def test_what_works_is_kept_whole(wordpress: Any, field: str, typed: str, stored: str) -> None:
    saved = wordpress("save", sent=CHOSEN | {field: typed})
    assert saved["errors"] == []
    assert saved["options"][0][field] == stored
    again = wordpress("save", options=saved["options"][0], sent=saved["options"][0])
    assert again["options"][0] == saved["options"][0]
    if field == "domain":  # whatever the plugin takes, the server finds sites by
        named = site_names(stored)
        assert [normalise_domain(name) for name in named] == [name.encode("idna").decode() for name in named]


def test_what_was_typed_is_kept_on_the_very_first_save_too(wordpress: Any) -> None:
    saved = wordpress("save", sent=CHOSEN | {"server": "a b"})
    assert (saved["refused"], saved["typed"]["server"]) == (["server"], "a b")
    assert saved["options"][0]["server"] == ""


@pytest.mark.parametrize(
    ("answers", "says"),
    [(None, "Connection refused"), ([404, ""], "HTTP 404"), ([200, "<html>"], "is not the script")],
)
def test_a_server_that_does_not_answer_is_told_and_saved(wordpress: Any, answers: Any, says: str) -> None:
    saved = wordpress("save", sent=CHOSEN, server_answers=answers)
    assert saved["asked"] == ["https://stats.example.fr/js/webleads.js"]
    assert saved["options"][0]["server"] == "https://stats.example.fr"
    (problem,) = saved["errors"]
    assert says in problem
    assert (
        wordpress("save", options=saved["options"][0], sent=saved["options"][0], server_answers=answers)["asked"] == []
    )


@pytest.mark.parametrize("sent", ["text", {"server": ["x"], "domain": {"a": "b"}, "consent": ["google"]}, None])
def test_forged_fields_neither_warn_nor_stay(wordpress: Any, sent: Any) -> None:
    options = wordpress("save", options=CHOSEN, sent=sent)["options"][0]
    assert (options["server"], options["consent"]) == ("", "")


def test_html_in_a_field_stays_text(wordpress: Any) -> None:
    page = wordpress(
        "settings", options=CHOSEN | {"domain": '"><script>alert(1)</script>'}, user_can=["manage_options"]
    )
    assert "<script>" not in page["html"]


def test_an_amp_page_has_amp_s_own_image_and_no_script(wordpress: Any) -> None:
    html = wordpress("front", options=CHOSEN | {"noscript": False, "image": "/lib/p.gif"}, amp=True)["html"]
    assert "<script" not in html
    assert "<noscript" not in html
    (source,) = re.findall(r'<amp-pixel src="([^"]+)" layout="nodisplay"></amp-pixel>', html)
    assert source.startswith("https://stats.example.fr/lib/p.gif?d=blog.example.fr&#038;u=CANONICAL_URL%3F")
    for place in ("QUERY_PARAM(utm_source)", "t=TITLE", "r=DOCUMENT_REFERRER"):
        assert place in source
    assert "amp-pixel" not in wordpress("front", options=CHOSEN, amp=False)["html"]
    assert "amp-pixel" not in wordpress("front", options=CHOSEN, amp=True, user_can=["edit_posts"])["html"]


def test_the_image_tells_title_and_missing_pages_and_has_no_inline_style(wordpress: Any) -> None:
    html = wordpress("front", options=CHOSEN)["html"]
    assert "t=Publier+%E2%80%93+Blog" in html
    assert "style" not in html
    missing = wordpress("front", options=CHOSEN, is_404=True)["html"]
    assert missing.count("<img") == 2
    assert missing.count("n=404") == 1
    assert (
        'src="https://stats.example.fr/lib/p.gif?'
        in wordpress("front", options=CHOSEN | {"image": "/lib/p.gif"})["html"]
    )


def test_the_secret_of_a_comment_that_waits_goes_nowhere(wordpress: Any) -> None:
    query = {"unapproved": "12", "moderation-hash": "3f1b0c"}
    html = wordpress("front", options=CHOSEN, uri="/a/?unapproved=12&moderation-hash=3f1b0c", query=query)["html"]
    assert html == "<head></head><body></body>"


def test_the_settings_page_is_for_administrators(wordpress: Any) -> None:
    assert wordpress("settings", options=CHOSEN, user_can=["edit_posts"])["html"] == ""
    page = wordpress("settings", options=CHOSEN, user_can=["manage_options"])["html"]
    assert 'name="webleads_tracker[server]" value="https://stats.example.fr"' in page
    assert page.count("<label for=") == 8


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
    assert sentences == set(translated) - {re.search(r"Description:\s+(.+)", code)[1]}  # type: ignore[index]


def test_the_readme_has_the_headers_that_the_directory_asks_for() -> None:
    readme = (PLUGIN / "readme.txt").read_text(encoding="utf-8")
    header = dict(re.findall(r"^([A-Z][\w ]+): (.+)$", readme, re.MULTILINE))
    code = (PLUGIN / "webleads-tracker.php").read_text(encoding="utf-8")
    assert readme.startswith("=== webleads-tracker ===\n")
    for name in ("Contributors", "Tags", "Requires at least", "Tested up to", "Requires PHP", "Stable tag", "License"):
        assert header[name]
    assert len(header["Tags"].split(",")) <= 5
    assert re.search(r"^ \* Author:\s+\S", code, re.MULTILINE)
    assert re.search(r"^ \* Update URI:\s+false$", code, re.MULTILINE)  # WordPress.org never replaces it
    for name in ("Requires at least", "Requires PHP"):
        assert re.search(rf"{name}:\s+{re.escape(header[name])}$", code, re.MULTILINE)
    assert re.search(rf"Version:\s+{re.escape(header['Stable tag'])}$", code, re.MULTILINE)


def test_the_zip_holds_the_plugin_with_translations_that_wordpress_can_read(tmp_path: Path) -> None:
    runpy.run_path(str(PLUGIN.parent / "build.py"))["pack"](tmp_path / "plugin.zip")
    with zipfile.ZipFile(tmp_path / "plugin.zip") as archive:
        assert "webleads-tracker/webleads-tracker.php" in archive.namelist()
        assert "webleads-tracker/LICENSE" in archive.namelist()
        compiled = archive.read("webleads-tracker/languages/webleads-tracker-fr_FR.mo")
        for country in ("fr_BE", "fr_CA"):
            assert archive.read(f"webleads-tracker/languages/webleads-tracker-{country}.mo") == compiled
    assert GNUTranslations(BytesIO(compiled)).gettext("Count editors") == "Compter les rédacteurs"
    # WordPress's MO reader: the translations' index must end where the hash table begins.
    _, _, strings, _, translations_at, _, hash_at = struct.unpack_from("<7I", compiled)
    assert hash_at - translations_at == strings * 8
