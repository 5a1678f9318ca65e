"""The reverse proxies that deploy/ has a configuration for, run with it in front of a service on this machine.

Of a configuration only what a test cannot have is changed: names and ports, certificates, and the folders of a running
server. Debian's Caddy 2.6 knows request_buffers by its older name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import raw_http
from tests.running_service import free_port

DEPLOY = Path(__file__).parent.parent / "deploy"
_MODULES = Path("/usr/lib/apache2/modules")
_APACHE_MODULES = (
    "mpm_event",
    "authz_core",
    "buffer",
    "headers",
    "proxy",
    "proxy_http",
    "reqtimeout",
)  # as a2enmod enables them


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        reason = f"{name} is not installed: .ci/proxies installs it when root"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


def _caddy(folder: Path, port: int, service: int) -> list[str]:
    program = _program("caddy")
    text = (DEPLOY / "Caddyfile").read_text().replace("{$WEBLEADS_SITE:stats.example.fr}", f"http://:{port}")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    if (number := re.match(r"v?2\.(\d+)", version)) and int(number[1]) < 7:
        text = re.sub(r"request_buffers \S+", "buffer_requests", text)
    text = re.sub(r"\{\$WEBLEADS_(COLLECT|SERVE):[^}]*\}", f"127.0.0.1:{service}", text)
    file = folder / "Caddyfile"
    file.write_text("{\n\tadmin off\n}\n" + text)
    return [program, "run", "--config", str(file), "--adapter", "caddyfile"]


def _nginx(folder: Path, port: int, service: int) -> list[str]:
    program = _program("nginx")
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(r"\n *ssl_\S+ [^;]*;", "", text.replace("    listen [::]:443 ssl;\n", ""))
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace("127.0.0.1:8001", f"127.0.0.1:{service}")
    text = text.replace("127.0.0.1:8002", f"127.0.0.1:{service}")
    places = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/errors;\nworker_processes 1;\n"
        f"events {{ worker_connections 2048; }}\nhttp {{\naccess_log off;\n{places}{text}\n}}\n"
    )
    return [program, "-c", str(file), "-e", f"{folder}/errors"]


def _apache(folder: Path, port: int, service: int) -> list[str]:
    program = _program("apache2")
    text = re.sub(r"\n *SSL\S+ .*", "", (DEPLOY / "apache.conf").read_text()).replace("*:443", f"127.0.0.1:{port}")
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{service}").replace("127.0.0.1:8002", f"127.0.0.1:{service}")
    modules = "".join(f"LoadModule {name}_module {_MODULES}/mod_{name}.so\n" for name in _APACHE_MODULES)
    file = folder / "apache.conf"
    file.write_text(
        f"ServerRoot {folder}\nServerName localhost\nPidFile {folder}/pid\nErrorLog {folder}/errors\n"
        f"Listen 127.0.0.1:{port}\n{modules}{text}"
    )
    return [program, "-f", str(file), "-DFOREGROUND"]


def _haproxy(folder: Path, port: int, service: int) -> list[str]:
    program = _program("haproxy")
    text = re.sub(r"bind :443 ssl crt \S+", f"bind 127.0.0.1:{port}", (DEPLOY / "haproxy.cfg").read_text())
    text = text.replace("127.0.0.1:8001", f"127.0.0.1:{service}").replace("127.0.0.1:8002", f"127.0.0.1:{service}")
    file = folder / "haproxy.cfg"
    file.write_text(text)
    return [program, "-db", "-f", str(file)]


PROXIES: dict[str, Callable[[Path, int, int], list[str]]] = {
    "caddy": _caddy,
    "nginx": _nginx,
    "apache": _apache,
    "haproxy": _haproxy,
}


@contextmanager
def running(name: str, folder: Path, service: int) -> Iterator[int]:
    """Runs a proxy in front of the service at this port. Yields the proxy's port. Skips when it is not installed."""
    port = free_port()
    command = PROXIES[name](folder, port, service)
    with open(folder / "log", "wb") as log:
        homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        process = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | homes)
    try:
        _wait_until_it_answers(port, process, folder)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        said = "".join(
            file.read_text(errors="replace") for file in (folder / "log", folder / "errors") if file.exists()
        )
        assert process.poll() is None, f"the proxy ended:\n{said}"
        assert time.monotonic() < deadline, f"the proxy does not answer:\n{said}"
        try:
            if raw_http.ask(port, raw_http.head("GET", "/healthz", 0))[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
