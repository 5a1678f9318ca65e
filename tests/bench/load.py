"""The load generator: wrk, from Debian's packages, posting events as browsers do."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench.hits import SITE, addresses, agents


class NoLoadGenerator(RuntimeError):
    """wrk is not installed."""


class Load(NamedTuple):
    """The result of a run of wrk. Rates are per second, latencies in milliseconds.

    `begun` and `ended` are when it sent, by the monotonic clock: before that it makes its requests, some seconds of work.
    """

    rate: float
    p50_ms: float
    p99_ms: float
    requests: int
    refused: int
    begun: float
    ended: float


# People come some at a time, and each views some pages: few enough that nobody is taken for a bot, whose hits are not stored.
_AT_A_TIME, _PAGES = 2_000, 12

# The requests are made before the run, so that the generator takes as little as possible of the machine during it.
_REQUESTS = """
local agents = %(agents)s
local addresses = %(addresses)s
local requests, n = {}, 0
init = function()
  local mark = os.time()
  for i = 1, %(distinct)d do
    local turn = math.floor(i / %(at_a_time)d)
    local person, page = math.floor(turn / %(pages)d) * %(at_a_time)d + i %% %(at_a_time)d, (i + turn) %% 400
    -- As the snippet writes them.
    local body = string.format('{"h":1,"u":"https://%(site)s/article-%%d/","wd":false,"id":"0.%%016d%%d","d":"%(site)s","r":"%%s","w":1920,"n":"pageview","t":"Article %%d","age":%%d}',
      page, i, mark * 1000, i %% 3 == 0 and "https://www.linkedin.com/feed/" or "", page, i %% 20)
    local headers = {["Content-Type"] = "text/plain", ["User-Agent"] = agents[person %% #agents + 1],
      ["X-Forwarded-For"] = addresses[person %% #addresses + 1], ["Accept-Language"] = "fr-FR"}
    requests[i] = wrk.format("POST", "/api/event", headers, body)
  end
  io.stderr:write("begun\\n")
end
request = function()
  n = n + 1
  return requests[(n - 1) %% #requests + 1]
end
done = function(summary, latency, requests)
  io.stderr:write("ended\\n")
  io.write(string.format('\\n{"p50": %%f, "p99": %%f, "requests": %%d, "us": %%d, "refused": %%d, "failed": %%d}\\n',
    latency:percentile(50), latency:percentile(99), summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def _lua_list(words: list[str]) -> str:
    return "{" + ",".join(json.dumps(word) for word in words) + "}"


def run(url: str, folder: Path, *, seconds: int, connections: int = 32, distinct: int = 20_000) -> Load:
    """Posts events for so long; after `distinct` of them they repeat, their ids too. The IPs are sent in X-Forwarded-For, so the server must trust 127.0.0.1."""
    program = shutil.which("wrk")
    if program is None:
        raise NoLoadGenerator("wrk is not installed (Debian, Ubuntu: apt-get install wrk)")
    script = folder / "post.lua"
    people = max(_AT_A_TIME, distinct // _PAGES)
    names: dict[str, object] = {
        "agents": _lua_list(agents(50)),
        "addresses": _lua_list(addresses(people)),
        "site": SITE,
    }
    names |= {"distinct": distinct, "at_a_time": _AT_A_TIME, "pages": _PAGES}
    script.write_text(_REQUESTS % names)
    command = [program, "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "30", "-s", str(script), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        begun, ended = ((process.stderr.readline(), time.monotonic())[1] for _ in range(2))
        out = process.stdout.read()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
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
        begun=begun,
        ended=ended,
    )
