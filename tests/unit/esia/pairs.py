"""Keys and certificates of a made-up clinic."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

__all__ = ["Pair", "gost_pair", "rsa_pair"]

_SECONDS: Final = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its self-signed certificate, as PEM files."""

    key_file: Path
    certificate_file: Path
    is_gost: bool


def rsa_pair(folder: Path, *, lasts: timedelta = timedelta(days=60), begins: timedelta = timedelta(hours=-1)) -> Pair:
    """Make an RSA pair."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name, since = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clinic")]), datetime.now(UTC) + begins
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = builder.not_valid_before(since).not_valid_after(since + lasts).sign(key, SHA256())
    pair = Pair(folder / "rsa.key", folder / "rsa.pem", is_gost=False)
    pair.key_file.touch(mode=0o600)
    pair.key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    pair.certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return pair


def gost_pair(folder: Path) -> Pair:
    """Make a GOST pair by openssl's engine."""
    pair = Pair(folder / "gost.key", folder / "gost.pem", is_gost=True)
    key, certificate = str(pair.key_file), str(pair.certificate_file)
    _openssl("genpkey", "-engine", "gost", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", key)
    pair.key_file.chmod(0o600)
    request = ("req", "-engine", "gost", "-new", "-x509", "-md_gost12_256", "-key", key, "-subj", "/CN=clinic")
    _openssl(*request, "-days", "60", "-out", certificate)
    return pair


def _openssl(*words: str) -> None:
    subprocess.run(  # noqa: S603 - our own words
        ["openssl", *words],  # noqa: S607 - wherever it is
        capture_output=True,
        check=True,
        timeout=_SECONDS,
    )
