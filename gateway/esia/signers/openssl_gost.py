"""GOST R 34.10-2012 by openssl's gost engine, which is not certified cryptography."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.esia.errors import EsiaSetupError, SigningFailed
from gateway.esia.openssl import OpenSsl
from gateway.esia.signers.key_file import check_key_file

__all__ = ["OpenSslGostSigner"]

_RAW_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class OpenSslGostSigner:
    """A `Signer` with a PEM key of 256 bits; openssl's own order of bytes is ESIA's."""

    key_file: Path
    certificate_file: Path
    openssl: OpenSsl

    async def sign_raw(self, message: bytes) -> bytes:
        """Return 64 bytes, s‖r."""
        signature = await self.openssl.sign(self._checked_key(), message)
        if len(signature) != _RAW_BYTES:
            raise SigningFailed(f"{self.key_file}: a GOST signature of {len(signature)} bytes, 64 are needed")
        return signature

    async def sign_cms(self, message: bytes) -> bytes:
        """Return a detached CMS signature with signed attributes."""
        return await self.openssl.sign_cms(self._checked_key(), self.certificate_file, message)

    def _checked_key(self) -> Path:
        try:
            check_key_file(self.key_file)
        except EsiaSetupError as problem:
            raise SigningFailed(str(problem)) from None
        return self.key_file
