"""By whose certificates ESIA's tokens are believed: a folder of PEM files, taken up anew when it changes.

ESIA changes its certificates every year, and has done so without a word before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from gateway.esia.certificate import Certificate, read_certificates
from gateway.esia.errors import EsiaSetupError
from gateway.esia.openssl import OpenSsl

__all__ = ["Trust", "made_by"]

_ENDINGS: Final = frozenset({".pem", ".crt", ".cer"})
_log = structlog.stdlib.get_logger("gateway.esia")
Seen = tuple[tuple[str, int, int, int], ...]


@dataclass(slots=True)
class Trust:
    """The certificates of a folder; one that is out of its dates vouches for nothing."""

    folder: Path
    openssl: OpenSsl
    _seen: Seen | None = None
    _certificates: tuple[Certificate, ...] = ()

    async def certificates(self) -> tuple[Certificate, ...]:
        """Return what the folder holds now; raise `EsiaSetupError` when it cannot be read or holds none."""
        seen = await asyncio.to_thread(_look_at, self.folder)
        if seen != self._seen:
            self._certificates = await asyncio.to_thread(_read, seen)
            self._seen = seen
            _log.info("trust_read", certificates=len(self._certificates))
        if not self._certificates:
            raise EsiaSetupError(f"{self.folder}: нет сертификатов ЕСИА / no certificates of ESIA here")
        return self._certificates

    async def vouches(self, algorithm: str, message: bytes, signature: bytes, now: datetime) -> bool:
        """Tell whether any certificate for an algorithm made a signature; raise `EsiaSetupError`, `SigningFailed`."""
        is_gost = algorithm != "RS256"
        for certificate in await self.certificates():
            if (
                certificate.is_gost is is_gost
                and certificate.is_good_at(now)
                and await made_by(certificate, self.openssl, message, signature)
            ):
                return True
        return False


async def made_by(certificate: Certificate, openssl: OpenSsl, message: bytes, signature: bytes) -> bool:
    """Tell whether a raw signature is of a certificate's key; raise `SigningFailed` when openssl cannot be run."""
    if certificate.is_gost:
        return await openssl.verify(await openssl.public_key(certificate.pem), message, signature)
    try:
        key = certificate.x509.public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, message, PKCS1v15(), SHA256())
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False  # a key of a kind that nobody here knows, such as one of GOST R 34.10-2001, vouches for nothing
    return True


def _look_at(folder: Path) -> Seen:
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in _ENDINGS)
        return tuple((str(file), (seen := file.stat()).st_ino, seen.st_size, seen.st_mtime_ns) for file in files)
    except OSError as fault:
        raise EsiaSetupError(f"{folder}: папка не читается / cannot be read: {fault.strerror}") from None


def _read(seen: Seen) -> tuple[Certificate, ...]:
    found: list[Certificate] = []
    for path, *_ in seen:
        try:
            found += read_certificates(Path(path))
        except EsiaSetupError as problem:
            _log.warning("trust_file_left_out", what_to_do=str(problem))
    return tuple(found)
