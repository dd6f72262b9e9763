"""Keys and certificates of a made-up clinic, and ways of signing that owe nothing to the stand or the gateway."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import gostcrypto
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

__all__ = ["ClinicKey", "gost_key", "oracle_verifies", "rsa_key"]

_CURVE = gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]


@dataclass(frozen=True, slots=True)
class ClinicKey:
    """Sign in the clinic's name: `raw` as the new requests want it, `cms` (detached, DER) as the old ones do."""

    certificate: str
    hash: str
    raw: Callable[[bytes], bytes]
    cms: Callable[[bytes], bytes]

    @property
    def hash_of_pem(self) -> str:
        """Hash the file instead of the certificate, as it is often done wrongly."""
        return hashlib.sha256(self.certificate.encode()).hexdigest().upper()


def rsa_key(*, begins: timedelta = timedelta(hours=-1), lasts: timedelta = timedelta(days=30)) -> ClinicKey:
    """Make an RSA key with a self-signed certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name, since = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "clinic")]), datetime.now(UTC) + begins
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = builder.not_valid_before(since).not_valid_after(since + lasts).sign(key, SHA256())

    def raw(message: bytes) -> bytes:
        return key.sign(message, padding.PKCS1v15(), SHA256())

    def cms(message: bytes) -> bytes:
        builder = pkcs7.PKCS7SignatureBuilder().set_data(message).add_signer(certificate, key, SHA256())
        return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])

    der = certificate.public_bytes(Encoding.DER)
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return ClinicKey(pem, hashlib.sha256(der).hexdigest().upper(), raw, cms)


def gost_key(folder: Path) -> ClinicKey:
    """Make a GOST key with a self-signed certificate by Debian's engine."""
    key, certificate = folder / "gost.key", folder / "gost.pem"
    pairs = ["-pkeyopt", "paramset:A"]
    _openssl("genpkey", "-engine", "gost", "-algorithm", "gost2012_256", *pairs, "-out", str(key))
    words = ["req", "-engine", "gost", "-new", "-x509", "-md_gost12_256", "-key", str(key), "-subj", "/CN=clinic"]
    _openssl(*words, "-days", "30", "-out", str(certificate))
    der = _openssl("x509", "-in", str(certificate), "-outform", "DER")

    def raw(message: bytes) -> bytes:
        return _openssl("dgst", "-engine", "gost", "-md_gost12_256", "-sign", str(key), "-binary", given=message)

    def cms(message: bytes) -> bytes:
        pair = ["-signer", str(certificate), "-inkey", str(key)]
        return _openssl("cms", "-engine", "gost", "-sign", *pair, "-binary", "-outform", "DER", given=message)

    return ClinicKey(certificate.read_text(), _streebog(der).hex().upper(), raw, cms)


def oracle_verifies(certificate: str, message: bytes, signature: bytes) -> bool:
    """Tell by pure Python whether a GOST signature (s before r, big-endian) is the message's.

    The library wants r before s, the digest's bytes reversed, and the key's coordinates big-endian.
    """
    public_key = _openssl("x509", "-engine", "gost", "-pubkey", "-noout", given=certificate.encode())
    spki = _openssl("pkey", "-engine", "gost", "-pubin", "-outform", "DER", given=public_key)
    x, y = spki[-64:-32][::-1], spki[-32:][::-1]
    judge = gostcrypto.gostsignature.new(gostcrypto.gostsignature.MODE_256, _CURVE)
    verdict = judge.verify(x + y, _streebog(message)[::-1], signature[32:] + signature[:32])
    return bool(verdict)


def _streebog(message: bytes) -> bytes:
    return bytes(gostcrypto.gosthash.new("streebog256", data=message).digest())


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    run = subprocess.run(  # noqa: S603 - our own words
        ["openssl", *arguments],  # noqa: S607 - wherever it is
        input=given,
        capture_output=True,
        check=True,
        timeout=20,
    )
    return run.stdout
