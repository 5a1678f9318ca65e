"""The load generator: wrk, from Debian's packages, posting events as browsers do."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.bench.hits import SITE, addresses, agents


class NoLoadGenerator(RuntimeError):
    """wrk is not installed."""


class Load(NamedTuple):
    """What a run of wrk saw. Rates are a second, latencies milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    requests: int
    refused: int


_REQUESTS = """
local bodies, headers = {}, {}
local agents = %(agents)s
local addresses = %(addresses)s
for i = 1, 2000 do
  bodies[i] = string.format('{"n":"pageview","u":"https://%(site)s/article-%%d/","d":"%(site)s","r":"%%s","t":"Article %%d","l":"fr-FR","w":1920,"id":"%%s"}',
    i %% 400, i %% 3 == 0 and "https://www.linkedin.com/feed/" or "", i %% 400, "%(mark)s")
end
local n = 0
request = function()
  n = n + 1
  local h = {["Content-Type"] = "text/plain", ["User-Agent"] = agents[n %% #agents + 1],
             ["X-Forwarded-For"] = addresses[n %% #addresses + 1], ["Accept-Language"] = "fr-FR"}
  local body = bodies[n %% 2000 + 1]:gsub("%(mark)s", string.format("%%x.%%x", n, os.time()))
  return wrk.format("POST", "/api/event", h, body)
end
done = function(summary, latency, requests)
  io.write(string.format('\\n{"p50": %%f, "p99": %%f, "requests": %%d, "us": %%d, "refused": %%d, "failed": %%d}\\n',
    latency:percentile(50), latency:percentile(99), summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def _lua_list(words: list[str]) -> str:
    return "{" + ",".join(json.dumps(word) for word in words) + "}"


def run(url: str, folder: Path, *, seconds: int, connections: int = 32, threads: int = 1) -> Load:
    """Posts events for so long. The addresses come in X-Forwarded-For, so the server must trust 127.0.0.1."""
    program = shutil.which("wrk")
    if program is None:
        raise NoLoadGenerator("wrk is not installed (Debian, Ubuntu: apt-get install wrk)")
    script = folder / "post.lua"
    names = {"agents": _lua_list(agents(50)), "addresses": _lua_list(addresses(5000)), "site": SITE, "mark": "MARK"}
    script.write_text(_REQUESTS % names)
    command = [program, f"-t{threads}", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", str(script), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    seen = json.loads(out.strip().splitlines()[-1])
    if seen["failed"]:
        raise RuntimeError(f"{seen['failed']} requests got no answer:\n{out}")
    answered = seen["requests"]
    return Load(
        rate=answered / seen["us"] * 1e6,
        p50_ms=seen["p50"] / 1000,
        p99_ms=seen["p99"] / 1000,
        requests=answered,
        refused=seen["refused"],
    )
