"""Reading a profile: strict, and exact about what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from gateway.emias.errors import ProfileError
from gateway.emias.profiles.profile import Call, Profile
from gateway.emias.profiles.value_names import VALUE_NAMES

__all__ = ["load_profile"]

_FILE: Final = "profile.toml"
_AT: Final = re.compile(r" - at `(?:key in )?\$\.?(?P<path>[^`]*)`$")


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a profile by the name of a built-in one, or by the path of its folder or file; raise `ProfileError`."""
    file = _find(name_or_path)
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProfileError(str(file), "", str(error)) from None
    if "folder" in data:
        raise ProfileError(str(file), "folder", "is told by where the file stands")
    profile = _convert({**data, "folder": str(file.parent)}, file)
    _check_values(profile, file)
    return profile


def _find(name_or_path: str | Path) -> Path:
    built_in = Path(__file__).parent / str(name_or_path) / _FILE
    if re.fullmatch(r"[\w-]+", str(name_or_path)) and built_in.is_file():
        return built_in
    path = Path(name_or_path)
    return path / _FILE if path.is_dir() else path


def _convert(data: dict[str, Any], file: Path) -> Profile:
    try:
        return msgspec.convert(data, Profile)
    except msgspec.ValidationError as error:
        text = str(error)
        found = _AT.search(text)
        key = _exact_key(data, found["path"], text) if found else ""
        raise ProfileError(str(file), key, _AT.sub("", text)) from None


def _exact_key(data: dict[str, Any], path: str, complaint: str) -> str:
    """Name the entry of a mapping, which the decoder calls `[...]`, by trying its entries one at a time."""
    table_path, bracket, rest = path.partition("[...]")
    if not bracket:
        return path
    table: Any = data
    for key in filter(None, table_path.split(".")):
        table = table[key]
    entries = list(table.items()) if isinstance(table, dict) else []
    for key, value in entries:
        table.clear()
        table[key] = value
        try:
            msgspec.convert(data, Profile)
        except msgspec.ValidationError as error:
            if str(error) == complaint:
                return f"{table_path}.{key}{rest}"
    return path


def _check_values(profile: Profile, file: Path) -> None:
    operations = {name: getattr(profile.operations, name) for name in VALUE_NAMES}
    for name, call in operations.items():
        if isinstance(call, Call):
            _check_parameters(f"operations.{name}.parameters", call.parameters, VALUE_NAMES[name], file)
    try:
        ZoneInfo(profile.formats.time_zone)
    except (OSError, ValueError, LookupError):
        raise ProfileError(str(file), "formats.time_zone", f"no such zone: {profile.formats.time_zone}") from None
    for place, rule in enumerate(profile.faults.texts):
        try:
            re.compile(rule.pattern)
        except re.error as error:
            raise ProfileError(str(file), f"faults.texts[{place}].pattern", str(error)) from None


def _check_parameters(where: str, parameters: Mapping[str, str], known: frozenset[str], file: Path) -> None:
    for path, value in parameters.items():
        if not value.startswith("=") and value not in known:
            raise ProfileError(str(file), f"{where}.{path}", f"no value of ours is called {value}")
