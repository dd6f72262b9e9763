"""The certificates that a system has registered, and the signatures that they verify."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from simulator.esia import gost
from simulator.esia.openssl import OpensslError, openssl

__all__ = ["SystemCertificate", "read_certificate"]


@dataclass(frozen=True, slots=True, repr=False)
class SystemCertificate:
    """Hold a certificate; `hash` is that of its DER in upper-case hex, Streebog for a GOST key and SHA-256 for RSA."""

    certificate: x509.Certificate
    hash: str
    rsa_key: RSAPublicKey | None
    gost_key: bytes | None

    def is_active(self, now: datetime) -> bool:
        """Tell whether the certificate is within its time."""
        return self.certificate.not_valid_before_utc <= now <= self.certificate.not_valid_after_utc

    async def verifies(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a raw signature is the message's."""
        if self.gost_key is not None:
            return await gost.verify_gost(message, signature, self.gost_key)
        if self.rsa_key is None:
            return False
        try:
            self.rsa_key.verify(signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    async def verifies_cms(self, message: bytes, signature: bytes) -> bool:
        """Tell whether a detached PKCS#7 signature (DER) is this certificate's over the message."""
        engine = ("-engine", "gost") if self.gost_key is not None else ()
        words = ["cms", *engine, "-verify", "-inform", "DER", "-binary", "-noverify", "-nointern", "-purpose", "any"]
        files = [message, self.certificate.public_bytes(Encoding.PEM)]
        try:
            await openssl(*words, "-content", "{0}", "-certfile", "{1}", given=signature, files=files)
        except OpensslError:
            return False
        return True


async def read_certificate(pem: bytes) -> SystemCertificate:
    """Read a certificate to be registered.

    Raises ValueError for what is no certificate, or is a GOST one where openssl has no engine; TypeError for a key that
    is neither.
    """
    certificate = x509.load_pem_x509_certificate(pem)
    der = certificate.public_bytes(Encoding.DER)
    if certificate.public_key_algorithm_oid.dotted_string == gost.PUBLIC_KEY_OID:
        try:
            public_key, digest = await gost.public_key_of(pem), await gost.streebog(der)
        except OpensslError as error:
            raise ValueError("openssl has no GOST engine here") from error
        return SystemCertificate(certificate, digest.hex().upper(), None, public_key)
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise TypeError("an RSA or a GOST certificate is wanted")
    return SystemCertificate(certificate, hashlib.sha256(der).hexdigest().upper(), key, None)
