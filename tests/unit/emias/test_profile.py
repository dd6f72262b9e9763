"""Profiles are read strictly, and a wrong one is told by file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.emias.errors import ProfileError
from gateway.emias.profiles import load_profile, stand_patient
from gateway.emias.profiles import profile as shapes

BUILT_IN = Path(shapes.__file__).parent / "seed-soap"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the built-in profile to where it may be spoiled."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "clinic"))


def _spoil(folder: Path, good: str, bad: str) -> None:
    file = folder / "profile.toml"
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")


def test_a_profile_is_found_by_name_folder_and_file(folder: Path) -> None:
    """The built-in name, a folder and a file lead to the same contract, each with its own folder."""
    built_in, by_folder = load_profile("seed-soap"), load_profile(folder)
    by_file = load_profile(str(folder / "profile.toml"))

    assert by_folder == by_file
    assert (built_in.title, Path(built_in.folder)) == (by_folder.title, BUILT_IN)
    assert Path(by_folder.folder) == folder


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('version = "1.2"', 'version = "2.0"', "soap.version"),
        ("deadline = 20", 'deadline = "soon"', "operations.get_schedule.deadline"),
        ("deadline = 30", "deadline = 0", "operations.create.deadline"),
        ("lists_busy = true", "lists_busy = true\nlists_free = true", "schedule"),
        ('slot_id = "SlotId"', "", "operations.get_schedule.result"),
        ('AGE_OR_SEX = "age_or_sex"', 'AGE_OR_SEX = "too_old"', "faults.refusals.AGE_OR_SEX"),
        ('doctorId = "emias_doctor_id"', "doctorId = 7", "operations.get_schedule.parameters.doctorId"),
        ('dateTo = "date_to"', 'dateTo = "tomorrow"', "operations.get_schedule.parameters.dateTo"),
        ('"(?i)уже записан"', '"(уже"', "faults.texts[2].pattern"),
        ('"Europe/Moscow"', '"Europe/Nowhere"', "formats.time_zone"),
        ("[soap]", "[rest]\n\n[soap]", "soap"),
        ('name = "GetSchedule"', "", "operations.get_schedule.name"),
        ('name = "GetSchedule"', 'name = "GetSchedule"\nneeded = ["sex"]', "operations.get_schedule.needed[0]"),
        ('slots = "GetScheduleResult.', 'slots = ".GetScheduleResult.', "operations.get_schedule.result.slots"),
        ("[formats]", '[security]\nheaders = { X-Key = "abc" }\n\n[formats]', "security.headers.X-Key"),
        ("[formats]", '[session]\nexpired = ["E"]\n\n[formats]', "session.expired"),
        ("lookup = true", "lookup = false", "capabilities.lookup"),
        ("lookup = true", "native_hold = true\nlookup = true", "capabilities.native_hold"),
        ("[formats]", "[[blackouts]]\nstarts = 02:00:00\nends = 02:00:00\n\n[formats]", "blackouts[0].ends"),
        (
            "[formats]",
            "[[closures]]\nstarts = 2026-12-31T22:00:00\nends = 2026-12-31T20:00:00\n\n[formats]",
            "closures[0].ends",
        ),
        (
            "[formats]",
            "[[closures]]\nstarts = 2026-12-31T22:00:00Z\nends = 2027-01-01T20:00:00Z\n\n[formats]",
            "closures[0]",
        ),
        ("[soap]", 'folder = "/etc"\n\n[soap]', "folder"),
    ],
)
def test_a_wrong_key_is_named(folder: Path, good: str, bad: str, key: str) -> None:
    """An unknown key, a wrong type and a value out of bounds are told with the file and the dotted key."""
    _spoil(folder, good, bad)

    with pytest.raises(ProfileError) as told:
        load_profile(folder)

    assert told.value.key == key
    assert str(told.value).startswith(f"{folder / 'profile.toml'}: {key}: ")


def test_an_unknown_key_is_spelt_out(folder: Path) -> None:
    """The name of a key that nobody knows stands in the message."""
    _spoil(folder, "lists_busy = true", "list_busy = true")

    with pytest.raises(ProfileError, match="list_busy"):
        load_profile(folder)


@pytest.mark.parametrize("text", ["title = ", "\x00"])
def test_what_is_not_toml_is_told_by_its_file(folder: Path, text: str) -> None:
    """A file that cannot be parsed is blamed as a whole."""
    (folder / "profile.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ProfileError, match=r"profile\.toml"):
        load_profile(folder)


def test_a_missing_profile_is_told_by_its_path(tmp_path: Path) -> None:
    """A name that is neither built in nor a path is a profile error."""
    with pytest.raises(ProfileError, match="nowhere"):
        load_profile(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("good", "bad", "key"),
    [
        ('path = "version"', "", "operations.probe.path"),
        ('path = "version"', 'path = "version/{"', "operations.probe.path"),
        ("/slots", "/{patient.snils}", "operations.get_schedule.path"),
        (
            'from = "date_from"\nto = "date_to"\n\n[operations.get_schedule.result]',
            'key = "secret.key"\n\n[operations.get_schedule.result]',
            "operations.get_schedule.parameters.key",
        ),
        ("[formats]", 'ws_security = "text"\n\n[formats]', "security.ws_security"),
    ],
)
def test_nothing_of_a_patient_stands_in_an_address(tmp_path: Path, good: str, bad: str, key: str) -> None:
    """Addresses are written into logs: a REST profile puts personal data and secrets into bodies and headers."""
    folder = Path(shutil.copytree(BUILT_IN.parent / "seed-rest", tmp_path / "clinic"))
    _spoil(folder, good, bad)

    with pytest.raises(ProfileError) as told:
        load_profile(folder)

    assert told.value.key == key


@pytest.mark.parametrize(
    ("name", "good", "bad", "key"),
    [
        ("hub-like", 'result.patient_id = "CheckPatientResult.IdPat"', "", "operations.identify.result.patient_id"),
        ("hub-like", 'flow = "identify_then_book"', 'flow = "one_step"', "operations.get_schedule.parameters.idPat"),
        ("fer-like", "reasons = {", 'ambiguous = ["BOOK_NOT_FOUND"]\nreasons = {', "operations.cancel.ambiguous"),
    ],
)
def test_a_flow_has_what_it_needs(tmp_path: Path, name: str, good: str, bad: str, key: str) -> None:
    """A flow without its step, a step without its flow, and a question that nothing answers are told by their key."""
    folder = Path(shutil.copytree(BUILT_IN.parent / name, tmp_path / "clinic"))
    _spoil(folder, good, bad)

    with pytest.raises(ProfileError) as told:
        load_profile(folder)

    assert told.value.key == key


def test_only_a_test_stand_has_a_patient_without_checks(folder: Path) -> None:
    """The stand's numbers may fail the checks of real ones; a production profile has no such patient."""
    with pytest.raises(ProfileError, match="test_stand"):
        stand_patient(load_profile(folder))
    _spoil(
        folder,
        "[formats]",
        '[test_stand.patient]\nlast_name = "Стендова"\nfirst_name = "Анна"\nbirth_date = "1985-03-14"\n'
        'snils = "07750750777"\noms = "7700001234567890"\nsex = "F"\n\n[formats]',
    )

    patient = stand_patient(load_profile(folder))

    assert (patient.snils.digits, patient.oms.number, patient.sex) == ("07750750777", "7700001234567890", "F")
