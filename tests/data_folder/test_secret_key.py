"""The key that signs cookies: 32 random bytes, made once; a weak one never signs."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tracker.data_folder import FolderUnusable
from tracker.data_folder.secret_key import links_key, replaced_keys, secret_key


def test_it_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = secret_key(tmp_path)
    assert len(made) == 32
    assert secret_key(tmp_path) == made
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0
    assert replaced_keys(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"x", b"short", bytes(31), bytes(32), b"a" * 64, b"ab" * 40, b"\n" * 100],
    ids="empty one short cut zeros letter two-letters newlines".split(),
)
def test_one_that_anyone_could_guess_is_set_aside_and_made_anew(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    made = secret_key(tmp_path)
    assert made != content
    assert len(made) == 32
    assert secret_key(tmp_path) == made
    (kept,) = replaced_keys(tmp_path)
    assert kept.read_bytes() == content
    assert "everybody signs in again" in caplog.text


def a_folder(path: Path) -> None:
    path.mkdir()
    (path / "x").touch()


@pytest.mark.parametrize(
    "place", [a_folder, lambda path: path.symlink_to("nowhere")], ids=["folder", "link to nowhere"]
)
def test_what_is_no_file_is_set_aside(tmp_path: Path, place: Callable[[Path], None]) -> None:
    place(tmp_path / "secret.key")
    assert secret_key(tmp_path) == (tmp_path / "secret.key").read_bytes()
    assert len(replaced_keys(tmp_path)) == 1


@pytest.mark.parametrize(
    "content",
    [secrets.token_bytes(32), secrets.token_bytes(64), secrets.token_hex(32).encode()],
    ids=["32 bytes", "64 bytes", "hexadecimal"],
)
def test_a_good_key_of_the_operators_is_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret.key").write_bytes(content)
    assert secret_key(tmp_path) == content


def test_a_key_that_was_being_made_when_the_power_went_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "secret.key.new").write_bytes(b"hal")
    assert len(secret_key(tmp_path)) == 32


def test_what_cannot_be_written_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(FolderUnusable, match=r"secret\.key cannot be used .* or delete it") as said:
        secret_key(tmp_path / "gone")
    assert "\n" not in str(said.value)


@pytest.mark.parametrize("found", [None, b"", bytes(32)], ids=["none", "an empty one", "a weak one"])
def test_of_many_at_once_all_get_the_same_key(tmp_path: Path, found: bytes | None) -> None:
    for attempt in range(30):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        if found is not None:
            (folder / "links.key").write_bytes(found)
        at_once = Barrier(8)

        def asked(_: int, folder: Path = folder, at_once: Barrier = at_once) -> bytes:
            at_once.wait()
            return links_key(folder)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(asked, range(8)))) == 1
        assert len(list(folder.iterdir())) == (1 if found is None else 2)
