"""Certificates as ESIA has them: ours, whose hash goes with every request, and those by which it signs tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.esia.errors import EsiaSetupError
from gateway.esia.openssl import OpenSsl

__all__ = ["Certificate", "certificate_hash", "read_certificate", "read_certificates"]

_GOST_KEYS: Final = frozenset({"1.2.643.7.1.1.1.1", "1.2.643.7.1.1.1.2"})


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate whose key may be of a kind that only openssl's engine knows."""

    x509: x509.Certificate

    @property
    def der(self) -> bytes:
        """Its bytes, which are hashed; never the PEM file's."""
        return self.x509.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """Its text form."""
        return self.x509.public_bytes(Encoding.PEM)

    @property
    def is_gost(self) -> bool:
        """Whether its key is of GOST R 34.10-2012."""
        return self.x509.public_key_algorithm_oid.dotted_string in _GOST_KEYS

    @property
    def not_before(self) -> datetime:
        """When it begins to be good."""
        return self.x509.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        """When it ends to be good."""
        return self.x509.not_valid_after_utc

    def is_good_at(self, now: datetime) -> bool:
        """Tell whether an instant is within its dates."""
        return self.not_before <= now <= self.not_after


def read_certificate(file: Path) -> Certificate:
    """Read the first certificate of a PEM file; raise `EsiaSetupError`."""
    return read_certificates(file)[0]


def read_certificates(file: Path) -> list[Certificate]:
    """Read every certificate of a PEM file; raise `EsiaSetupError` when there is none."""
    try:
        return [Certificate(one) for one in x509.load_pem_x509_certificates(file.read_bytes())]
    except OSError as fault:
        raise EsiaSetupError(f"{file}: сертификат не читается / cannot be read: {fault.strerror}") from None
    except ValueError:
        raise EsiaSetupError(f"{file}: не сертификат PEM / not a PEM certificate: convert it") from None


async def certificate_hash(certificate: Certificate, openssl: OpenSsl) -> str:
    """Return what ESIA knows a certificate by: Streebog-256 for a GOST key, SHA-256 otherwise, upper-case hex."""
    if not certificate.is_gost:
        return hashlib.sha256(certificate.der).hexdigest().upper()
    return (await openssl.streebog(certificate.der)).hex().upper()
