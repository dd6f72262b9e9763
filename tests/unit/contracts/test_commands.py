"""The contract command as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import gateway.__main__ as command_line
from tests.unit.contracts.foreign import write_foreign_contract
from tests.unit.contracts.test_draft import SHIPPED


def _run(*words: str | Path, **environment: str) -> Result:
    names = ("EMIAS_URL", "EMIAS_PROFILE", "EMIAS_SIDECAR")
    runner = CliRunner(env=dict.fromkeys(names) | environment)
    return runner.invoke(command_line.cli, ["contract", *map(str, words)])


def test_a_drafted_profile_is_checked_by_the_next_command(tmp_path: Path) -> None:
    """inspect, draft and check follow one another without any setting."""
    wsdl, output = write_foreign_contract(tmp_path / "theirs"), tmp_path / "ours" / "profile.toml"
    output.parent.mkdir()

    inspected = _run("inspect", wsdl)
    drafted = _run("draft", wsdl, "-o", output)
    checked = _run("check", output)

    assert [told.exit_code for told in (inspected, drafted, checked)] == [0, 0, 0]
    assert "QueryFreeIntervals" in inspected.output
    assert "lines to look at, each with `# ?`" in drafted.output
    assert (output.parent / "Booking.wsdl").read_bytes() == wsdl.read_bytes()
    assert "every name and path is in the contract" in checked.output


def test_a_profile_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Somebody's edits are kept unless they are given up by a word."""
    wsdl, output = write_foreign_contract(tmp_path), tmp_path / "profile.toml"
    output.write_text("mine")

    refused = _run("draft", wsdl, "-o", output)
    assert (refused.exit_code, output.read_text()) == (2, "mine")
    assert _run("draft", wsdl, "-o", output, "--force").exit_code == 0
    assert output.read_text() != "mine"


def test_a_path_that_is_not_in_the_contract_is_named_with_status_1(tmp_path: Path) -> None:
    """Check says the profile's key and the path."""
    output = tmp_path / "profile.toml"
    _run("draft", write_foreign_contract(tmp_path), "-o", output)
    text = output.read_text(encoding="utf-8")
    output.write_text(text.replace('slot_id = "IntervalId"', 'slot_id = "Nothing"'), encoding="utf-8")

    checked = _run("check", output)
    assert checked.exit_code == 1
    assert "operations.get_schedule.result.slot_id" in checked.output.replace("\n", "")


def test_a_profile_that_cannot_be_read_is_told_with_status_2(tmp_path: Path) -> None:
    """The key at fault is named."""
    file = tmp_path / "profile.toml"
    file.write_text("title = 1\n")

    checked = _run("check", file)
    assert checked.exit_code == 2
    assert "title" in checked.stderr


def test_a_wsdl_of_imports_from_elsewhere_is_not_copied(tmp_path: Path) -> None:
    """Files beside each other can be vendored; others are named."""
    home = tmp_path / "in"
    home.mkdir()
    for file in SHIPPED["fer-like"].parent.iterdir():
        (home / file.name).write_bytes(file.read_bytes())
    (home / "er.xsd").rename(tmp_path / "er.xsd")
    wsdl = home / "er.wsdl"
    wsdl.write_text(wsdl.read_text(encoding="utf-8").replace('"er.xsd"', '"../er.xsd"'), encoding="utf-8")

    drafted = _run("draft", wsdl, "-o", tmp_path / "profile.toml")
    assert drafted.exit_code == 2
    assert "er.xsd" in drafted.stderr


@pytest.mark.parametrize("doctor", ["0101", "/1", "0101/"])
def test_a_doctor_is_named_by_both_codes(doctor: str) -> None:
    """LPU and id, or nothing is called."""
    told = _run("try", "seed-soap", "--operation", "get_schedule", "--doctor", doctor, "--url", "https://a.example/")
    assert told.exit_code == 2
    assert "slash" in told.stderr


def test_an_operation_that_writes_cannot_be_tried() -> None:
    """Create and cancel are for rehearse."""
    told = _run("try", "seed-soap", "--operation", "create", "--doctor", "0101/1", "--url", "https://a.example/")
    assert told.exit_code == 2
    assert "probe" in told.stderr


def test_a_profile_of_no_stand_is_not_rehearsed() -> None:
    """Status 2 and the name of the missing mark."""
    told = _run("rehearse", "seed-soap", "--doctor", "0101/1", "--url", "https://a.example/")
    assert told.exit_code == 2
    assert "test_stand" in told.stderr
