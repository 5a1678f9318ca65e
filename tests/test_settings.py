"""Settings: what they mean by default, what is refused with which words, and that each is documented."""

from __future__ import annotations

from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from docs.make_settings import PAGE, settings_page
from tracker.settings import SettingError, Settings, load_settings


def test_documents_every_setting_with_its_default_and_meaning() -> None:
    assert PAGE.read_text(encoding="utf-8") == settings_page(), "run `make docs`"


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_each_setting_has_a_variable_and_a_sentence(setting: Any) -> None:
    assert setting.metadata["variable"].startswith("WEBLEADS_")
    assert setting.metadata["says"].endswith(".")
    assert f"| `{setting.metadata['variable']}` |" in PAGE.read_text(encoding="utf-8")


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load_settings({}) == Settings()
    assert load_settings({"PATH": "/usr/bin"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "name", "expected"),
    [
        ("WEBLEADS_DATA", "/srv/webleads", "data", Path("/srv/webleads")),
        ("WEBLEADS_PORT", "8080", "port", 8080),
        ("WEBLEADS_RATE_LIMIT", "0", "rate_limit", 0),
        ("WEBLEADS_BASE_URL", "https://stats.example.fr/", "base_url", "https://stats.example.fr"),
        ("WEBLEADS_SCHEDULER", "No", "scheduler", False),
        ("WEBLEADS_SCHEDULER", "on", "scheduler", True),
        ("WEBLEADS_JOURNAL_SYNC", "always", "journal_sync", "always"),
        ("WEBLEADS_SMTP_URL", " smtps://mail.example.fr\n", "smtp_url", "smtps://mail.example.fr"),
        (
            "WEBLEADS_TRUSTED_PROXIES",
            "127.0.0.1, 10.1.2.3/8,2001:db8::/32",
            "trusted_proxies",
            (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("2001:db8::/32")),
        ),
    ],
    ids=lambda value: str(value)[:24],
)
def test_reads_a_value(variable: str, value: str, name: str, expected: Any) -> None:
    assert getattr(load_settings({variable: value}), name) == expected


def test_the_home_folder_may_be_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/anna")
    assert load_settings({"WEBLEADS_DATA": "~/webleads"}).data == Path("/home/anna/webleads")


@pytest.mark.parametrize("setting", fields(Settings), ids=lambda setting: setting.name)
def test_an_empty_value_is_the_default(setting: Any) -> None:
    assert load_settings({setting.metadata["variable"]: ""}) == Settings()
    assert load_settings({setting.metadata["variable"] + "_FILE": ""}) == Settings()


@pytest.mark.parametrize(
    ("variable", "value", "remedy"),
    [
        ("WEBLEADS_PORT", "http", "must be a port between 1 and 65535"),
        ("WEBLEADS_PORT", "70000", "must be a port between 1 and 65535"),
        ("WEBLEADS_PORT", "0", "must be a port between 1 and 65535"),
        ("WEBLEADS_PORT", "tcp://10.0.0.1:8000", "must be a port between 1 and 65535"),
        ("WEBLEADS_RATE_LIMIT", "-1", "must be a whole number, 0 or more"),
        ("WEBLEADS_RATE_LIMIT", "1.5", "must be a whole number, 0 or more"),
        ("WEBLEADS_RATE_LIMIT", "²", "must be a whole number, 0 or more"),
        ("WEBLEADS_SCHEDULER", "maybe", "must be yes or no"),
        ("WEBLEADS_JOURNAL_SYNC", "never", "must be one of interval, always"),
        ("WEBLEADS_LOG_LEVEL", "loud", "must be one of debug, info, warning, error"),
        ("WEBLEADS_BASE_URL", "stats.example.fr", "such as https://stats.example.fr"),
        ("WEBLEADS_BASE_URL", "https://stats.example.fr:http", "such as https://stats.example.fr"),
        ("WEBLEADS_TRUSTED_PROXIES", "proxy.internal", "such as 127.0.0.1, 10.0.0.0/8"),
        ("WEBLEADS_TRUSTED_PROXIES", "127.0.0.1 10.0.0.1", "such as 127.0.0.1, 10.0.0.0/8"),
    ],
)
def test_a_value_that_cannot_be_used_is_one_line_with_its_name_and_the_remedy(
    variable: str, value: str, remedy: str
) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({variable: value})
    words = str(refused.value)
    assert words.startswith(f"{variable}={value!r}: ")
    assert remedy in words
    assert "\n" not in words


@pytest.mark.parametrize("value", ["mail.acme.fr", "http://u:s3cret@mail.example.fr", "smtp://u:s3/cret@host"])
def test_a_secret_that_cannot_be_used_is_not_printed(value: str) -> None:
    with pytest.raises(SettingError, match=r"^WEBLEADS_SMTP_URL: must be an address such as smtp://") as refused:
        load_settings({"WEBLEADS_SMTP_URL": value})
    assert value not in str(refused.value)
    assert "s3" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("smtp://user:secret@mail.example.fr\n", encoding="utf-8")
    assert load_settings({"WEBLEADS_SMTP_URL_FILE": str(secret)}).smtp_url == "smtp://user:secret@mail.example.fr"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    with pytest.raises(SettingError, match=r"^WEBLEADS_SMTP_URL_FILE=.*none.*: cannot be read \(No such file"):
        load_settings({"WEBLEADS_SMTP_URL_FILE": str(missing)})


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "key"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match=r"^WEBLEADS_MAIL_FROM_FILE=.*: is not text in UTF-8$"):
        load_settings({"WEBLEADS_MAIL_FROM_FILE": str(binary)})


def test_a_value_beside_its_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"^WEBLEADS_PORT and WEBLEADS_PORT_FILE are both set"):
        load_settings({"WEBLEADS_PORT": "8000", "WEBLEADS_PORT_FILE": str(tmp_path / "port")})


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("WEBLEADS_TRUSTED_PROXY", "did you mean WEBLEADS_TRUSTED_PROXIES?"),
        ("WEBLEADS_SMTP_FILE", "did you mean WEBLEADS_SMTP_URL_FILE?"),
        ("WEBLEADS_QQQQ", "unset it"),
    ],
)
def test_an_unknown_variable_is_named_with_the_one_that_was_meant(variable: str, words: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable} is no setting: ") as refused:
        load_settings({variable: "x"})
    assert words in str(refused.value)


def test_what_the_tests_need_is_no_unknown_setting() -> None:
    assert load_settings({"WEBLEADS_CHROMIUM": "/usr/bin/chromium"}) == Settings()


def test_the_command_line_wins_over_the_environment() -> None:
    environment = {"WEBLEADS_PORT": "8001", "WEBLEADS_HOST": "192.0.2.1"}
    settings = load_settings(environment, port=8002, host=None)
    assert (settings.port, settings.host) == (8002, "192.0.2.1")


@pytest.mark.parametrize(
    ("host", "base_url", "expected"),
    [
        ("127.0.0.1", "", "http://localhost:8000"),
        ("0.0.0.0", "", "http://localhost:8000"),
        ("192.0.2.7", "", "http://192.0.2.7:8000"),
        ("127.0.0.1", "https://stats.example.fr", "https://stats.example.fr"),
    ],
    ids=["loopback", "everywhere", "one-address", "behind-a-proxy"],
)
def test_says_where_browsers_reach_the_service(host: str, base_url: str, expected: str) -> None:
    assert Settings(host=host, base_url=base_url).public_url == expected


def test_databases_lie_in_the_data_folder_unless_they_have_an_address() -> None:
    settings = Settings(data=Path("/srv/webleads"))
    assert settings.event_store == "duckdb:////srv/webleads/events.duckdb"
    assert settings.app_database == "sqlite:////srv/webleads/webleads.sqlite"
    assert Settings(database_url="sqlite:////tmp/a").app_database == "sqlite:////tmp/a"
