"""RSA in this process, for the test stand, for systems of old and for brokers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from gateway.esia.certificate import read_certificate
from gateway.esia.errors import EsiaSetupError, SigningFailed
from gateway.esia.signers.key_file import check_key_file

__all__ = ["RsaSigner"]


@dataclass(frozen=True, slots=True)
class RsaSigner:
    """A `Signer` with a PEM key; its files are read for each signature, so that a new pair needs no restart."""

    key_file: Path
    certificate_file: Path
    password: bytes | None = field(default=None, repr=False)

    async def sign_raw(self, message: bytes) -> bytes:
        """Return an RSASSA-PKCS1-v1_5 signature with SHA-256."""
        return await asyncio.to_thread(lambda: self._key().sign(message, PKCS1v15(), SHA256()))

    async def sign_cms(self, message: bytes) -> bytes:
        """Return a detached CMS signature with signed attributes."""
        return await asyncio.to_thread(self._sign_cms, message)

    def _sign_cms(self, message: bytes) -> bytes:
        certificate = read_certificate(self.certificate_file).x509
        builder = PKCS7SignatureBuilder().set_data(message).add_signer(certificate, self._key(), SHA256())
        return builder.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])

    def _key(self) -> RSAPrivateKey:
        try:
            check_key_file(self.key_file)
            key = load_pem_private_key(self.key_file.read_bytes(), self.password)
        except EsiaSetupError as problem:
            raise SigningFailed(str(problem)) from None
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
            raise SigningFailed(f"{self.key_file}: not an RSA key in PEM, or its password is wrong") from None
        if not isinstance(key, RSAPrivateKey):
            raise SigningFailed(f"{self.key_file}: not an RSA key")
        return key
