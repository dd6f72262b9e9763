"""Sealing what Redis keeps of a login: AES-256-GCM under keys derived from those that seal personal data at rest."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["Seal"]

_PURPOSE: Final = b"emias-gateway identity 1"
_KEY_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True, repr=False)
class Seal:
    """The first key seals, any of them opens; what is sealed under one name opens under no other."""

    keys: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def from_field_keys(cls, field_keys: Sequence[str]) -> Seal:
        """Derive from the Fernet keys, the sealing one first; raise `ValueError` when there is none."""
        derived = [_derive(base64.urlsafe_b64decode(key)) for key in field_keys]
        if not derived:
            raise ValueError("no field key")
        return cls(tuple((hashlib.sha256(key).digest()[:_KEY_ID_BYTES], key) for key in derived))

    def close(self, name: str, content: bytes) -> str:
        """Seal a content to a name."""
        key_id, key = self.keys[0]
        nonce = os.urandom(_NONCE_BYTES)
        return base64.b64encode(key_id + nonce + AESGCM(key).encrypt(nonce, content, name.encode())).decode()

    def open(self, name: str, sealed: bytes) -> bytes | None:
        """Return the content; None when it was not sealed by us to this name."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except binascii.Error:
            return None
        key = dict(self.keys).get(raw[:_KEY_ID_BYTES])
        if key is None:
            return None
        nonce, body = raw[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES], raw[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            return AESGCM(key).decrypt(nonce, body, name.encode())
        except (InvalidTag, ValueError):
            return None


def _derive(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
