"""A private key's file: read by its owner only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.esia.errors import EsiaSetupError

__all__ = ["check_key_file"]

_OTHERS: Final = 0o077


def check_key_file(file: Path) -> None:
    """Raise `EsiaSetupError` when a key is missing, or open to others than its owner."""
    try:
        mode = file.stat().st_mode
    except OSError as fault:
        raise EsiaSetupError(f"{file}: ключ не читается / the key cannot be read: {fault.strerror}") from None
    if mode & _OTHERS:
        raise EsiaSetupError(f"{file}: ключ открыт другим, нужен режим 0600 / the key is open to others: chmod 600")
