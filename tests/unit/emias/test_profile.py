"""Profiles are read strictly, and a wrong one is told by file and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.emias.errors import ProfileError
from gateway.emias.profiles import load_profile
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
