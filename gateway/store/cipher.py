"""Seal personal data at rest, and hash what must still be searched."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import msgspec
from cryptography.fernet import Fernet, MultiFernet

from gateway.domain.patient import Patient, Snils

__all__ = ["Cipher"]

_LEAST_LOOKUP_KEY = 32


@dataclass(frozen=True, slots=True, repr=False)
class Cipher:
    """Field encryption with rotating keys, and hashes keyed by a secret that is not among them."""

    fernet: MultiFernet
    lookup_key: bytes

    @classmethod
    def from_keys(cls, field_keys: Sequence[str], lookup_key: str) -> Cipher:
        """Take Fernet keys, the sealing one first and the retired ones after, and a lookup key of 32 characters.

        Raises:
            ValueError: a key is missing, malformed or too short.
        """
        if not field_keys:
            raise ValueError("no field key")
        if len(lookup_key) < _LEAST_LOOKUP_KEY:
            raise ValueError("the lookup key is shorter than 32 characters")
        return cls(MultiFernet([Fernet(key) for key in field_keys]), lookup_key.encode())

    def seal_patient(self, patient: Patient) -> str:
        """Encrypt a patient."""
        return self.fernet.encrypt(msgspec.json.encode(patient)).decode()

    def open_patient(self, sealed: str) -> Patient:
        """Decrypt a patient; raise `cryptography.fernet.InvalidToken` when none of the keys fits."""
        return msgspec.json.decode(self.fernet.decrypt(sealed), type=Patient)

    def seal_text(self, text: str) -> str:
        """Encrypt a line such as the visitor's contact."""
        return self.fernet.encrypt(text.encode()).decode()

    def open_text(self, sealed: str) -> str:
        """Decrypt a line; raise `cryptography.fernet.InvalidToken` when none of the keys fits."""
        return self.fernet.decrypt(sealed).decode()

    def snils_hash(self, snils: Snils) -> str:
        """Name a SNILS without telling it."""
        return self._hash("snils", snils.digits)

    def birth_hash(self, birth_date: date) -> str:
        """Name a birth date without telling it."""
        return self._hash("birth", birth_date.isoformat())

    def guest_hash(self, ticket: str, birth_hash: str) -> str:
        """Name what a guest must know: the ticket, however spaced and cased, and the hash of the birth date."""
        return self._hash("guest", f"{''.join(ticket.split()).casefold()}|{birth_hash}")

    def _hash(self, use: str, value: str) -> str:
        return hmac.new(self.lookup_key, f"{use}\x1f{value}".encode(), hashlib.sha256).hexdigest()
