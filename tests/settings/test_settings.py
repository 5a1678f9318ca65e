"""Settings: what they mean by default, what is refused with which words, and that each is documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import fields
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses
from importlib.util import find_spec
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
        ("WEBLEADS_RATE_LIMIT", "-1", "must be a whole number between 0 and 1000000"),
        ("WEBLEADS_RATE_LIMIT", "1.5", "must be a whole number between 0 and 1000000"),
        ("WEBLEADS_RATE_LIMIT", "²", "must be a whole number between 0 and 1000000"),
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


# Of each setting: values that can be used, and values that would fail later.
VALUES: dict[str, tuple[list[str], list[str]]] = {
    "WEBLEADS_DATA": (["/srv/webleads", "~/données"], ["~nobody-of-that-name/x", "/srv/\x1b[31m", "/a\nb"]),
    "WEBLEADS_HOST": (
        ["0.0.0.0", "::", "::1", "localhost", "web-1.internal"],
        ["http://0.0.0.0", "0.0.0.0:8000", "[::1]", "1.2.3", "999.1.1.1", "a b", "-a.fr", "\u202e"],
    ),
    "WEBLEADS_PORT": (["1", "65535"], ["0", "65536", "-1", "8e3", "inf", "nan", "٣", "9" * 5000]),
    "WEBLEADS_BASE_URL": (
        ["https://stats.example.fr", "http://localhost:8000/", "https://[2001:db8::1]:8443", "https://a.fr/stats"],
        [
            "stats.example.fr",
            "ftp://a.fr",
            "https://",
            "https://:8000",
            "https://a.fr:0",
            "https://a.fr:99999",
            "https://user:password@a.fr",
            "https://a.fr/?x=1",
            "https://a.fr/#x",
            "https://a b.fr",
            "https://a..fr",
            "https://[::1",
            "https://a.fr/../b",
            "https://a.fr/<script>",
            "https://a.fr, https://b.fr",
        ],
    ),
    "WEBLEADS_DATABASE_URL": (
        ["sqlite:////srv/w.sqlite", "sqlite:///w.sqlite"],
        [
            "w.sqlite",
            "sqlite://",
            "sqlite:///",
            "sqlite:///:memory:",
            "sqlite:///x?mode=ro",
            "duckdb:///a",
            "mysql://a/b",
            "postgresql://",
            "postgresql://host",
            "postgresql://u:p@host:http/db",
            "postgresql+nothing://host/db",
        ],
    ),
    "WEBLEADS_EVENT_STORE_URL": (
        ["duckdb:////srv/events.duckdb"],
        ["events.duckdb", "duckdb://", "duckdb:///", "duckdb:///folder/", "sqlite:///a", "clickhouse://host/db"],
    ),
    "WEBLEADS_STORE_MEMORY": (["0", "2048"], ["-1", "1.5", "2GB", "inf", "NaN", "1" * 19, "16"]),
    "WEBLEADS_SMTP_URL": (
        ["smtp://mail.a.fr", "smtps://u:p%40ss@mail.a.fr:465", "smtp://[::1]:2525/", "smtp://localhost"],
        [
            "mail.a.fr",
            "http://mail.a.fr",
            "smtp://",
            "smtp://mail.a.fr:0",
            "smtp://mail.a.fr:smtp",
            "smtp://a.fr/x?y",
            "smtp://u:p%zz@a.fr",
            "smtp://u:pässwort@a.fr",
            "smtp://u:p%0Ax@a.fr",
            "smtp://:p@a.fr",
            "smtp://u:p%E9@a.fr",
            "smtp://u:a b@a.fr",
            "smtp://u:a#b@a.fr",
        ],
    ),
    "WEBLEADS_MAIL_FROM": (
        [
            "stats@a.fr",
            "Webleads <stats@a.fr>",
            '"Acme, Paris" <stats@a.fr>',
            "Société <stats@société.fr>",
            "root@localhost",
        ],
        [
            "stats",
            "stats@",
            "@a.fr",
            "Webleads",
            "Acme, Paris <stats@a.fr>",
            "a@a.fr, b@b.fr",
            "a@a.fr;b@b.fr",
            "a@@a.fr",
            "a@a..fr",
            "a@a.fr b@b.fr",
            "A <a@a.fr> B",
            "A <a@a.fr",
            "A a@a.fr>",
            "<>",
            "a b@a.fr",
            "a@a.fr\nBcc: b@b.fr",
            "a@-a.fr",
            "a@[1.2.3.4",
            "us: a@a.fr, b@b.fr;",
            "é@a.fr",
        ],
    ),
    "WEBLEADS_PRIVATE_TARGETS": (["127.0.0.1", "10.0.0.0/8, fd00::/8"], ["hooks.internal", "10.0.0.0/33"]),
    "WEBLEADS_TRUSTED_PROXIES": (
        ["127.0.0.1", "10.0.0.0/8, 2001:db8::/32", "10.1.2.3/8"],
        ["proxy", "10.0.0.0/33", "127.0.0.1 10.0.0.1", "10.0.0.0/8;::1", "127.0.0.1:80"],
    ),
    "WEBLEADS_CLIENT_IP_HEADER": (["X-Real-IP", "Forwarded"], ["X_Real_IP", "X-Real-IP: 1", "A, B", "é"]),
    "WEBLEADS_SCRIPT_PATH": (
        ["/notes/n.js"],
        ["notes.js", "/n", "/n.js?x", "/../n.js", "https://a.fr/n.js", "/sites/n.js"],
    ),
    "WEBLEADS_EVENT_PATH": (
        ["/notes/n", "/api/event"],
        ["n", "/", "/n/", "//n", "/a b", "/é", "/./n", "/sign-in", "/readyz", "/pixel.gif", "/js/webleads.js"],
    ),
    "WEBLEADS_PIXEL_PATH": (["/notes/n.gif"], ["/n.png", "n.gif", "/n.gif/", "/account/n.gif"]),
    "WEBLEADS_RATE_LIMIT": (["0", "50"], ["-1", "1e3", "inf", "9" * 30]),
    "WEBLEADS_JOURNAL_SYNC": (["interval", "always"], ["never", "ALWAYS", "interval always"]),
    "WEBLEADS_JOURNAL_RETENTION": (["0", "24"], ["-1", "24h", "999999999999", "1.5", "inf"]),
    "WEBLEADS_JOURNAL_SEGMENT": (["20000", "67108864"], ["0", "1", "64MB", "9" * 18]),
    "WEBLEADS_TOO_OLD": (["0", "72"], ["-1", "999999999999", "1d"]),
    "WEBLEADS_GEO_UPDATE": (["off", "dbip"], ["on", "maxmind"]),
    "WEBLEADS_GEO_MIRROR": (
        ["http://mirror.example.net", "https://a.fr/geo/"],
        ["mirror", "ftp://a.fr", "http://u:p@a.fr"],
    ),
    "WEBLEADS_REGISTERS_UPDATE": (["off", "sirene", "all"], ["on", "insee"]),
    "WEBLEADS_REGISTERS_MIRROR": (["http://mirror.example.net"], ["mirror", "ftp://a.fr"]),
    "WEBLEADS_MAXMIND_ACCOUNT_ID": (["123456"], ["abc", "12 34", "1" * 21, "-1"]),
    "WEBLEADS_MAXMIND_LICENSE_KEY": (["abc_123"], ["a b", "clé", "a\tb", "x" * 501]),
    "WEBLEADS_IPINFO_TOKEN": (["abc123"], ["a b", "clé", "a\r\nX: y"]),
    "WEBLEADS_REVERSE_DNS": (["yes", "Off"], ["maybe", "2"]),
    "WEBLEADS_NAME_SERVER": (
        ["127.0.0.1", "127.0.0.1:5353", "::1", "[::1]:5353"],
        ["localhost", "127.0.0.1:0", "127.0.0.1:dns", "[::1", "[::1]5353", "[::1]:", "1.2.3", "9.9.9.9, 1.1.1.1"],
    ),
    "WEBLEADS_QUERY_SECONDS": (["1", "300"], ["0", "5000", "1m"]),
    "WEBLEADS_SCHEDULER": (["no"], ["never"]),
    "WEBLEADS_LOG_LEVEL": (["debug"], ["loud", "DEBUG"]),
}


def test_the_table_of_values_holds_every_setting() -> None:
    assert set(VALUES) == {setting.metadata["variable"] for setting in fields(Settings)}


@pytest.mark.parametrize(("variable", "value"), [(name, one) for name, (good, _) in VALUES.items() for one in good])
def test_what_can_be_used_is_read(variable: str, value: str) -> None:
    load_settings({variable: value})


@pytest.mark.parametrize(("variable", "value"), [(name, one) for name, (_, bad) in VALUES.items() for one in bad])
def test_what_would_fail_later_is_refused_when_it_is_set(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        load_settings({variable: value})
    words = str(refused.value)
    assert words.startswith((f"{variable}: ", f"{variable}={value!r}: "))
    assert re.search(r": (must be|must name|would hide|is the path of|needs the Python package) ", words)
    assert words.isprintable()


@pytest.mark.parametrize(("variable", "value"), [(name, one) for name, (_, bad) in VALUES.items() for one in bad])
def test_what_stands_in_a_file_is_checked_alike_and_never_printed(variable: str, value: str, tmp_path: Path) -> None:
    (tmp_path / "value").write_text(value, encoding="utf-8")
    with pytest.raises(SettingError, match=rf"^({variable}_FILE: |{variable}='/)") as refused:
        load_settings({f"{variable}_FILE": str(tmp_path / "value")})
    assert "s3cret" not in str(refused.value)


def test_a_sender_that_is_accepted_makes_a_message(tmp_path: Path) -> None:
    """What the weekly email does with it: the first mailbox is the only one."""
    for value in VALUES["WEBLEADS_MAIL_FROM"][0]:
        ((name, email),) = getaddresses([load_settings({"WEBLEADS_MAIL_FROM": value}).mail_from])
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(name, addr_spec=email)
        assert [one.addr_spec for one in message["From"].addresses] == [email]


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg", "pg8000"])
def test_a_database_whose_driver_is_missing_names_it(driver: str) -> None:
    if find_spec(driver) is not None:
        pytest.skip(f"{driver} is installed here")
    dialect = f"postgresql+{driver}"
    with pytest.raises(SettingError, match=rf"needs the Python package {driver}, which is not installed"):
        load_settings({"WEBLEADS_DATABASE_URL": f"{dialect}://u:p%40@db.a.fr:5432/webleads"})


def test_two_things_at_one_path_are_refused() -> None:
    with pytest.raises(SettingError, match=r"^WEBLEADS_SCRIPT_PATH='/a.js': is the path of WEBLEADS_EVENT_PATH"):
        load_settings({"WEBLEADS_SCRIPT_PATH": "/a.js", "WEBLEADS_EVENT_PATH": "/a.js"})


def test_an_empty_file_is_no_default(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text(" \n")
    with pytest.raises(SettingError, match=r"^WEBLEADS_SMTP_URL_FILE=.*: is empty; write the value into it"):
        load_settings({"WEBLEADS_SMTP_URL_FILE": str(tmp_path / "smtp")})


def test_a_file_of_many_lines_is_no_value(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("smtp://a.fr\n# the old one: smtp://b.fr\n")
    with pytest.raises(SettingError, match=r"^WEBLEADS_SMTP_URL_FILE: must be one line of text"):
        load_settings({"WEBLEADS_SMTP_URL_FILE": str(tmp_path / "smtp")})


def test_a_wrong_setting_ends_each_command_with_one_line(tmp_path: Path) -> None:
    environment = os.environ | {"WEBLEADS_MAIL_FROM": "Acme, Paris <stats@a.fr>"}
    for command in (["serve"], ["collect"], ["ingest", "--once"], ["report", "weekly", "--site", "a.fr"]):
        done = subprocess.run(
            [sys.executable, "-m", "tracker.cli", *command, "--data", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 2, command
        assert done.stderr.startswith(
            "webleads: WEBLEADS_MAIL_FROM='Acme, Paris <stats@a.fr>': must be one sender such as"
        )
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("value", ["mail.acme.fr", "http://u:s3cret@mail.example.fr", "smtp://u:s3/cret@host"])
def test_a_secret_that_cannot_be_used_is_not_printed(value: str) -> None:
    with pytest.raises(SettingError, match=r"^WEBLEADS_SMTP_URL: must be a URL such as smtp://") as refused:
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
    with pytest.raises(SettingError, match=f"^{variable} is not a setting: ") as refused:
        load_settings({variable: "x"})
    assert words in str(refused.value)


def test_what_the_tests_need_is_no_unknown_setting() -> None:
    assert load_settings({"WEBLEADS_CHROMIUM": "/usr/bin/chromium"}) == Settings()


def test_a_setting_of_an_older_version_fails_no_start() -> None:
    assert load_settings({"WEBLEADS_THREADS": "64"}) == Settings()


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
        ("2001:db8::7", "", "http://[2001:db8::7]:8000"),
        ("127.0.0.1", "https://stats.example.fr", "https://stats.example.fr"),
    ],
    ids=["loopback", "everywhere", "one-address", "one-ipv6", "behind-a-proxy"],
)
def test_says_where_browsers_reach_the_service(host: str, base_url: str, expected: str) -> None:
    assert Settings(host=host, base_url=base_url).public_url == expected


def test_databases_lie_in_the_data_folder_unless_they_have_an_address() -> None:
    settings = Settings(data=Path("/srv/webleads"))
    assert settings.event_store == "duckdb:////srv/webleads/events.duckdb"
    assert settings.app_database == "sqlite:////srv/webleads/webleads.sqlite"
    assert Settings(database_url="sqlite:////tmp/a").app_database == "sqlite:////tmp/a"
