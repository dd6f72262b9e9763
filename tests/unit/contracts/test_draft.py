"""Drafts of profiles, against the shipped profiles of the same contracts and against a contract of nobody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import simulator
from gateway.contracts.draft import Draft, copy_contract, draft_profile
from gateway.contracts.wsdl import read_wsdl
from gateway.emias.contract import check_profile
from gateway.emias.errors import ContractError, ProfileError
from gateway.emias.profiles import Profile, load_profile
from tests.unit.contracts.foreign import write_foreign_contract

CONTRACTS = Path(simulator.__file__).parent / "contracts"
SHIPPED = {
    "seed-soap": CONTRACTS / "seed_soap" / "ScheduleService.wsdl",
    "hub-like": CONTRACTS / "hub_like" / "HubService.wsdl",
    "fer-like": CONTRACTS / "fer_like" / "er.wsdl",
}
MOST_EDITS = 5
# Bounds and titles are the writer's own, and the declared capabilities only repeat the tables.
NO_MEANING = ("title", "folder", "capabilities")
OWN_BOUNDS = ("deadline", "max_bytes")
# A draft may know more codes than a registry uses, and read more of an error than a shipped profile does.
HARMLESS_MORE = ("faults.refusals", "verdict.field", "verdict.message")


def _drafted(wsdl: Path, folder: Path) -> tuple[Draft, Profile]:
    draft = draft_profile(read_wsdl(wsdl))
    copy_contract(wsdl, folder)
    file = folder / "profile.toml"
    file.write_text(draft.text, encoding="utf-8")
    return draft, load_profile(file)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{path}.{key}" if path else str(key))
    elif path == "faults.texts":
        yield from ((f"{path}[{rule.pattern}]", rule.refusal) for rule in value)
    elif isinstance(value, tuple):
        yield from ((f"{path}[{one}]", True) for one in value)
    elif value is not None:
        yield path, value


def _edits(draft: Profile, shipped: Profile) -> list[str]:
    """Name the lines of the draft that must be changed, added or taken out to mean what the shipped profile means."""
    drafted, wanted = dict(_leaves(draft)), dict(_leaves(shipped))
    lines = [key for key, value in wanted.items() if drafted.get(key) != value]
    lines += [key for key in drafted if key not in wanted and not key.endswith("]") and not _is_harmless(key)]
    return [key for key in lines if not key.startswith(NO_MEANING) and not key.endswith(OWN_BOUNDS)]


def _is_harmless(key: str) -> bool:
    return any(one in key for one in HARMLESS_MORE)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_draft_needs_at_most_five_edited_lines(name: str, tmp_path: Path) -> None:
    """Drafted from the stand-in's own WSDL, a profile means what the shipped one does but for five lines at most."""
    draft, profile = _drafted(SHIPPED[name], tmp_path)

    assert check_profile(profile) == []
    assert len(_edits(profile, load_profile(name))) <= MOST_EDITS
    assert draft.unsure == draft.text.count(" # ?")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_edited_line_was_marked(name: str, tmp_path: Path) -> None:
    """What a draft guesses wrongly it was not sure of."""
    draft, profile = _drafted(SHIPPED[name], tmp_path)
    marked = [line.split(" = ")[0] for line in draft.text.splitlines() if " # ?" in line]

    wrong = [key.partition("[")[0].rpartition(".")[2] for key in _edits(profile, load_profile(name))]

    assert [key for key in wrong if key in draft.text and key not in marked] == []


def test_the_contract_s_files_are_put_beside_the_draft(tmp_path: Path) -> None:
    """The WSDL and all that it imports are vendored as they stand to each other."""
    _drafted(SHIPPED["seed-soap"], tmp_path)

    assert {file.name for file in tmp_path.iterdir()} == {
        "profile.toml",
        *(file.name for file in SHIPPED["seed-soap"].parent.iterdir()),
    }


def test_a_contract_of_other_names_is_drafted_by_them(tmp_path: Path) -> None:
    """Names that no shipped profile has are understood by what they say, and the draft resolves."""
    _, profile = _drafted(write_foreign_contract(tmp_path / "theirs"), tmp_path)
    operations = profile.operations

    assert check_profile(profile) == []
    assert operations.get_schedule.name == "QueryFreeIntervals"
    assert operations.get_schedule.parameters == {
        "clinicCode": "lpu_code",
        "physicianId": "emias_doctor_id",
        "beginDate": "date_from",
        "finishDate": "date_to",
    }
    assert operations.get_schedule.result.slot_id == "IntervalId"
    assert operations.get_schedule.result.ends_at == "FinishesAt"
    assert operations.create.parameters["person.familyName"] == "patient.last_name"
    assert operations.create.parameters["intervalSlotId"] == "emias_slot_id"
    assert operations.create.result.appointment_id == "BookingId"
    assert operations.cancel is not None
    assert operations.find is None
    assert profile.formats.snils == "plain"


def test_what_is_not_found_is_left_to_the_person_and_told(tmp_path: Path) -> None:
    """A contract without a version call gets a place for it that names what there is."""
    wsdl = write_foreign_contract(tmp_path, without="Ping")
    draft = draft_profile(read_wsdl(wsdl))
    (tmp_path / "profile.toml").write_text(draft.text, encoding="utf-8")

    assert "[operations.probe] # ?" in draft.text
    assert "QueryFreeIntervals" in draft.text.split("[operations.probe]")[1].splitlines()[1]
    with pytest.raises(ProfileError, match=r"operations\.probe"):
        load_profile(tmp_path / "profile.toml")


def test_a_binding_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A wrong name is an error with that name."""
    with pytest.raises(ContractError, match="Nowhere"):
        draft_profile(read_wsdl(write_foreign_contract(tmp_path)), "Nowhere")


def test_a_file_that_is_no_wsdl_is_told(tmp_path: Path) -> None:
    """Missing, empty and other files are one error."""
    junk = tmp_path / "junk.wsdl"
    junk.write_text("<html></html>")

    for file in (tmp_path / "gone.wsdl", junk):
        with pytest.raises(ContractError, match=file.name):
            read_wsdl(file)
