"""Further channels, read from a file: institutions whose EMIAS stands elsewhere or speaks another contract."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel
from gateway.emias.errors import ChannelError
from gateway.emias.profiles.table import Table

__all__ = ["read_channels", "read_secrets"]

_PATHS: Final = ("ca_file", "cert_file", "key_file", "pkcs12_file", "key_password_file", "secrets_file")


class _Channel(Table, frozen=True, kw_only=True):
    """One channel of the file; paths are relative to the file."""

    profile: str
    url: str
    institutions: tuple[str, ...]
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    pkcs12_file: str | None = None
    key_password_file: str | None = None
    server_name: str | None = None
    secrets_file: str | None = None
    sidecar: str | None = None
    test_stand: bool = False


class _Channels(Table, frozen=True, kw_only=True):
    """The file."""

    channels: tuple[_Channel, ...]


def read_channels(file: Path) -> list[EmiasChannel]:
    """Read the channels; raise `ChannelError` that names the key at fault."""
    try:
        given = msgspec.convert(_toml(file), _Channels)
    except msgspec.ValidationError as error:
        raise ChannelError(f"{file}: {error}") from None
    named = Counter(code for channel in given.channels for code in channel.institutions)
    if twice := sorted(code for code, times in named.items() if times > 1):
        codes = ", ".join(twice)
        raise ChannelError(f"{file}: channels.institutions: названы дважды / named twice: {codes}")
    return [_channel(place, channel, file) for place, channel in enumerate(given.channels)]


def read_secrets(file: Path) -> dict[str, str]:
    """Read a file of secrets, `name = "value"` each; raise `ChannelError`, which repeats no value."""
    given = _toml(file)
    for name, value in given.items():
        if not isinstance(value, str) or not value:
            raise ChannelError(f"{file}: {name}: нужна непустая строка / a text is needed")
    return given


def _channel(place: int, given: _Channel, file: Path) -> EmiasChannel:
    if not given.institutions:
        raise ChannelError(f"{file}: channels[{place}].institutions: ни одного кода ЛПУ / no LPU code")
    paths = {key: _beside(file, getattr(given, key)) for key in _PATHS}
    return EmiasChannel(
        profile=_profile(file, given.profile),
        url=given.url,
        tls=TlsFiles(
            ca_file=paths["ca_file"],
            cert_file=paths["cert_file"],
            key_file=paths["key_file"],
            pkcs12_file=paths["pkcs12_file"],
            password_file=paths["key_password_file"],
            server_name=given.server_name,
        ),
        secrets=read_secrets(secrets) if (secrets := paths["secrets_file"]) else {},
        institutions=given.institutions,
        is_test_stand=given.test_stand,
        sidecar=given.sidecar,
    )


def _beside(file: Path, path: str | None) -> Path | None:
    return file.parent / path if path else None


def _profile(file: Path, name: str) -> str:
    """Leave the name of a shipped profile as it is; a path is relative to the file."""
    return name if "/" not in name and not name.endswith(".toml") else str(file.parent / name)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ChannelError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise ChannelError(f"{file}: не TOML / not TOML ({type(error).__name__})") from None
