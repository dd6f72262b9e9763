"""Throw-away certificates: the stand-in's own CA, its server, good clients and all the bad ones worth refusing."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)

__all__ = ["Pki", "make_pki", "open_pki", "write_private"]

_CLIENT = "gateway@clinic.example"


@dataclass(frozen=True, slots=True)
class Pki:
    """Name the files of a folder; `client_p12` and `client_key_encrypted` open with the text of `client_password`."""

    ca: Path
    server_cert: Path
    server_key: Path
    wrong_name_server_cert: Path
    wrong_name_server_key: Path
    client_cert: Path
    client_key: Path
    client_key_encrypted: Path
    client_p12: Path
    client_password: Path
    next_client_cert: Path
    next_client_key: Path
    expired_client_cert: Path
    expired_client_key: Path
    future_client_cert: Path
    future_client_key: Path
    foreign_ca: Path
    foreign_client_cert: Path
    foreign_client_key: Path


def open_pki(folder: Path) -> Pki:
    """Take the certificates that a folder has, or make them."""
    pki = _paths(folder)
    return pki if all(getattr(pki, field.name).is_file() for field in fields(Pki)) else make_pki(folder)


def make_pki(folder: Path) -> Pki:
    """Make all certificates anew; every file is readable by its owner only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    pki, now = _paths(folder), datetime.now(UTC)
    ca, foreign = trustme.CA(organization_name="EMIAS stand-in"), trustme.CA(organization_name="Someone else")
    write_private(pki.ca, ca.cert_pem.bytes())
    write_private(pki.foreign_ca, foreign.cert_pem.bytes())
    _issue(pki, "server", ca.issue_cert("localhost", "127.0.0.1", "::1"))
    _issue(pki, "wrong_name_server", ca.issue_cert("emias-app01.example"))
    client = ca.issue_cert(_CLIENT, common_name="gateway")
    _issue(pki, "client", client)
    _issue(pki, "next_client", ca.issue_cert(_CLIENT, common_name="gateway, the next certificate"))
    _issue(pki, "expired_client", ca.issue_cert(_CLIENT, not_before=now - _days(60), not_after=now - _days(1)))
    _issue(pki, "future_client", ca.issue_cert(_CLIENT, not_before=now + _days(30), not_after=now + _days(90)))
    _issue(pki, "foreign_client", foreign.issue_cert(_CLIENT, common_name="gateway"))
    _lock_client_key(pki, client)
    return pki


def _paths(folder: Path) -> Pki:
    endings = {"client_p12": "client.p12", "client_password": "client_password.txt"}
    return Pki(**{field.name: folder / endings.get(field.name, f"{field.name}.pem") for field in fields(Pki)})


def _days(count: int) -> timedelta:
    return timedelta(days=count)


def _issue(pki: Pki, name: str, leaf: trustme.LeafCert) -> None:
    write_private(getattr(pki, f"{name}_cert"), b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    write_private(getattr(pki, f"{name}_key"), leaf.private_key_pem.bytes())


def _lock_client_key(pki: Pki, leaf: trustme.LeafCert) -> None:
    password = secrets.token_urlsafe(18).encode()
    lock = BestAvailableEncryption(password)
    key = load_pem_private_key(leaf.private_key_pem.bytes(), password=None)
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    write_private(pki.client_password, password)
    write_private(pki.client_key_encrypted, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    if not isinstance(key, EllipticCurvePrivateKey):  # what the issuer makes
        raise TypeError(type(key))
    write_private(pki.client_p12, pkcs12.serialize_key_and_certificates(b"gateway", key, certificate, None, lock))


def write_private(path: Path, content: bytes) -> None:
    """Write a file anew that its owner alone can read."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
