"""A profile is compared with its WSDL before anybody calls."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.emias.contract import check_profile, load_contract
from gateway.emias.errors import ContractError
from gateway.emias.profiles import load_profile
from tests.unit.emias.pieces import DC, SVC
from tests.unit.emias.test_profile import BUILT_IN, _spoil


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the built-in profile to where it may be spoiled."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "clinic"))


SHIPPED = sorted(file.parent.name for file in BUILT_IN.parent.glob("*/profile.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_built_in_profiles_fit_their_wsdl(name: str) -> None:
    """Nothing is wrong with what we ship, and every capability is accounted for."""
    profile = load_profile(name)

    assert check_profile(profile) == []
    assert profile.capabilities is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_the_vendored_wsdl_is_the_one_of_record(name: str) -> None:
    """The contract beside the profile is byte for byte what the stand-in of EMIAS publishes from."""
    published = Path(__file__).parents[3] / "simulator" / "contracts" / name.replace("-", "_")
    vendored = (file for file in (BUILT_IN.parent / name).iterdir() if file.suffix in {".wsdl", ".xsd"})
    ours = {file.name: file.read_bytes() for file in vendored}
    theirs = published.iterdir() if published.is_dir() else ()

    assert ours == {file.name: file.read_bytes() for file in theirs if file.is_file()}


def test_a_service_without_wsdl_has_nothing_to_compare() -> None:
    """REST is checked by its shape only, and is no contract of SOAP."""
    profile = load_profile("seed-rest")

    assert check_profile(profile) == []
    with pytest.raises(ContractError, match="soap"):
        load_contract(profile)


def test_a_verdict_is_compared_with_the_wsdl(tmp_path: Path) -> None:
    """Where a result says that it is none must be in the contract, too."""
    hub = Path(shutil.copytree(BUILT_IN.parent / "hub-like", tmp_path / "hub"))
    _spoil(hub, 'success = "SetAppointmentResult.Success"', 'success = "SetAppointmentResult.Ok"')

    [told] = check_profile(load_profile(hub))

    assert told.startswith("operations.create.verdict.success: SetAppointmentResult.Ok")


def test_paths_lead_through_the_namespaces_of_the_schema() -> None:
    """A dotted path becomes the qualified names that the reply carries."""
    paths = load_contract(load_profile("seed-soap")).operations["get_schedule"].paths

    assert paths["slots"] == f"{{{SVC}}}GetScheduleResult/{{{DC}}}Slots/{{{DC}}}ScheduleSlot"
    assert paths["starts_at"] == f"{{{DC}}}StartTime"


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ("}SoapHttpsBinding12", "}Soap13", "soap.binding: "),
        ("}SoapHttpsBinding12", "}BasicHttpBinding", "soap.version: "),
        ('"ScheduleService.wsdl"', '"Other.wsdl"', "soap.wsdl: no file "),
        ('name = "GetSchedule"', 'name = "ReadSchedule"', "operations.get_schedule.name: "),
        ("lpuCode =", "lpu =", "operations.get_schedule.parameters: lpu is not in the contract (no lpu)"),
        (
            '"patient.oms" =',
            '"patient.policy" =',
            "operations.create.parameters: patient.policy is not in the contract (no policy)",
        ),
        (
            "GetScheduleResult.Slots.ScheduleSlot",
            "GetScheduleResult.Slots.Slot",
            "operations.get_schedule.result.slots: ",
        ),
        ('slot_id = "SlotId"', 'slot_id = "Id"', "operations.get_schedule.result.slot_id: Id is not in the contract"),
        ('result.version = "Version"', 'result.version = "Number"', "operations.probe.result.version: "),
        ("Schedule}ScheduleFault", "Schedule}Trouble", "faults.element: "),
        ('field = "Field"', 'field = "Where"', "faults.field: "),
    ],
)
def test_what_the_wsdl_does_not_have_is_listed(folder: Path, good: str, bad: str, problem: str) -> None:
    """Binding, version, operation, parameter, result and fault of the profile must all be in the WSDL."""
    _spoil(folder, good, bad)

    [told] = check_profile(load_profile(folder))

    assert told.startswith(problem)


def test_a_wsdl_with_a_doctype_or_an_outside_import_is_not_read(folder: Path) -> None:
    """What would fetch from the network, or carries a DTD, is a problem and not a request."""
    wsdl = folder / "ScheduleService.wsdl"
    text = wsdl.read_text(encoding="utf-8")

    wsdl.write_text(text.replace('"xsd0.xsd"', '"http://127.0.0.1:9/xsd0.xsd"'), encoding="utf-8")
    assert [told.partition(":")[0] for told in check_profile(load_profile(folder))] == ["soap.wsdl"]

    wsdl.write_text(text.replace("?>", "?><!DOCTYPE definitions>", 1), encoding="utf-8")
    with pytest.raises(ContractError, match="DTDForbidden"):
        load_contract(load_profile(folder))


def test_a_slots_members_stand_in_the_slot_itself(folder: Path) -> None:
    """A member deeper than its slot would be read slowly or wrongly, and is a problem."""
    _spoil(
        folder,
        'slots = "GetScheduleResult.Slots.ScheduleSlot"\nslot_id = "SlotId"',
        'slots = "GetScheduleResult"\nslot_id = "Slots.ScheduleSlot.SlotId"',
    )

    told = check_profile(load_profile(folder))

    assert told[0] == "operations.get_schedule.result.slot_id: Slots.ScheduleSlot.SlotId must stand in the slot itself"
