"""Keys of Fernet in one line: the newest first."""

from __future__ import annotations

from cryptography.fernet import Fernet
from pydantic import SecretStr

__all__ = ["fernet_keys"]


def fernet_keys(given: SecretStr) -> SecretStr:
    """Let comma-separated Fernet keys pass; raise `ValueError` when there is none or one of them does not fit."""
    keys = [key.strip() for key in given.get_secret_value().split(",") if key.strip()]
    try:
        fitting = [Fernet(key) for key in keys]
    except ValueError:
        fitting = []
    if not fitting:
        raise ValueError("not each of them is 32 bytes in url-safe base64")
    return given
