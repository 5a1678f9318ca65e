"""The Google Tag Manager template: its sections are whole, and its code runs against the sandbox's documented calls.

Source of the format and of the calls: https://developers.google.com/tag-platform/tag-manager/templates.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

TEMPLATE = (Path(__file__).parents[2] / "snippet" / "gtm" / "template.tpl").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^___([A-Z_]+)___\n\n(.*?)(?=\n\n\n___|\Z)", TEMPLATE, re.MULTILINE | re.DOTALL))

# What a template may call, told what it was called with.
SANDBOX = """
const calls = [], window = {};
const api = {
  callInWindow: (name, ...values) => { calls.push(["callInWindow", name, ...values]); },
  copyFromWindow: name => window[name],
  createArgumentsQueue: (name, queue) => { calls.push(["createArgumentsQueue", name, queue]); window[name] = () => {}; },
  injectScript: (url, success, failure, token) => { calls.push(["injectScript", url, token]); success(); },
  makeTableMap: (rows, key, value) => Object.fromEntries(rows.map(row => [row[key], row[value]])),
};
const data = %(data)s;
data.gtmOnSuccess = () => calls.push(["success"]);
data.gtmOnFailure = () => calls.push(["failure"]);
new Function("require", "data", %(code)s)(name => api[name], data);
console.log(JSON.stringify(calls));
"""


def run(**data: Any) -> list[list[Any]]:
    code = SECTIONS["SANDBOXED_JS_FOR_WEB_TEMPLATE"]
    program = SANDBOX % {"data": json.dumps(data), "code": json.dumps(code)}
    ran = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    found: list[list[Any]] = json.loads(ran.stdout)
    return found


def test_loads_the_script_once_and_queues_what_comes_before() -> None:
    address = "https://stats.example.fr/js/webleads.js"
    assert run(kind="pages", script=address) == [
        ["createArgumentsQueue", "webleads", "webleads.q"],
        ["injectScript", address, "webleads-tracker"],
        ["success"],
    ]


def test_sends_an_event_with_properties_and_revenue() -> None:
    asked = {"props": [{"name": "plan", "value": "Pro"}], "amount": "29.90", "currency": "EUR"}
    assert run(kind="event", eventName="Signup", **asked)[1:] == [
        [
            "callInWindow",
            "webleads",
            "Signup",
            {"props": {"plan": "Pro"}, "revenue": {"amount": "29.90", "currency": "EUR"}},
        ],
        ["success"],
    ]


@pytest.mark.parametrize("section", ["INFO", "TEMPLATE_PARAMETERS", "WEB_PERMISSIONS"])
def test_a_section_is_json(section: str) -> None:
    assert json.loads(SECTIONS[section])


def test_asks_for_the_permissions_that_its_code_needs() -> None:
    permissions = {
        one["instance"]["key"]["publicId"]: one["instance"]["param"] for one in json.loads(SECTIONS["WEB_PERMISSIONS"])
    }
    assert set(permissions) == {"access_globals", "inject_script"}
    [keys] = permissions["access_globals"]
    asked = {
        one["mapValue"][0]["string"]: [flag["boolean"] for flag in one["mapValue"][1:]]
        for one in keys["value"]["listItem"]
    }
    assert asked == {"webleads": [True, True, True], "webleads.q": [True, True, False]}
