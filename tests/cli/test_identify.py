from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.mmdb import write_asn, write_city
from tests.running_service import ForkedService, webleads


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "geo").mkdir(parents=True)
    write_city(folder / "geo" / "city.mmdb")
    write_asn(folder / "geo" / "asn.mmdb")
    return folder


def test_a_company_is_named_in_a_terminal(data: Path) -> None:
    said = webleads("identify", "192.0.2.7", data=data)
    assert said.returncode == 0
    assert "Quimper, Brittany, FR (Europe/Paris)" in said.stdout
    assert "AS64500 Biscuiterie Armor SAS" in said.stdout
    assert "would count as a lead" in said.stdout
    assert said.stderr == ""


def test_a_provider_is_no_lead_as_json(data: Path) -> None:
    said = json.loads(webleads("identify", "198.51.100.1", "--format", "json", data=data).stdout)
    [found] = said["found"]
    assert (found["network"]["kind"], found["is_lead"], found["company"]) == ("isp", False, None)
    assert "internet provider" in found["why"]
    assert (found["network"]["evidence_code"], found["network"]["evidence"]) == ("name_says", "the name says “telecom”")
    by_network = next(step for step in found["steps"] if step["method"] == "as_organisation")
    assert (by_network["reason_code"], by_network["reason_values"]) == ("isp_network", {})
    assert by_network["reason"].startswith("the network belongs to an internet provider")


def test_it_answers_while_the_service_runs(data: Path) -> None:
    service = ForkedService(data).start()
    try:
        assert "Biscuiterie Armor" in webleads("identify", "192.0.2.7", data=data).stdout
    finally:
        service.stop()


def test_it_answers_without_a_data_folder(tmp_path: Path) -> None:
    said = webleads("identify", "192.0.2.7", data=tmp_path / "nowhere")
    assert said.returncode == 0
    assert "missing: no network database" in said.stdout
    assert not (tmp_path / "nowhere").exists()


def test_a_damaged_database_is_named_in_one_line(data: Path) -> None:
    (data / "geo" / "asn.mmdb").write_bytes(b"<html>")
    said = webleads("identify", "192.0.2.7", data=data)
    [line] = [line for line in said.stdout.splitlines() if "asn.mmdb" in line]
    assert line.startswith("missing: asn.mmdb is not used: it is damaged or no MaxMind database (")


def test_what_is_no_address_is_one_line_and_exit_code_2(data: Path) -> None:
    said = webleads("identify", "no thing", data=data)
    assert (said.returncode, said.stderr) == (2, "webleads: 'no thing' is not an IP address, host or email address\n")
