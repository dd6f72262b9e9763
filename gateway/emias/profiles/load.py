"""Reading a profile: strict, and exact about what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.emias.errors import ProfileError
from gateway.emias.profiles.checks import faults_of
from gateway.emias.profiles.profile import Profile

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
    for key, problem in faults_of(profile):
        raise ProfileError(str(file), key, problem)
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
