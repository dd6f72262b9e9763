"""Our client certificate and its key: PEM, both in one PEM, or PKCS#12, checked against each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from gateway.emias.errors import TlsSetupError
from gateway.emias.tls_refusals import TLS_REFUSALS

__all__ = ["CertificateFacts", "ClientIdentity", "TlsFiles", "certificate_facts", "read_identity"]

_LOCKED_PEM: Final = b"ENCRYPTED"
_DER_SEQUENCE: Final = b"\x30"
_SECONDS_A_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Files of the channel: the CA of EMIAS, and our identity as PEM (key in its own file or the same) or PKCS#12.

    The password stands here or in a file, which is read again with the others. `server_name` is the name that EMIAS's
    certificate bears and the handshake asks for, where it is not the address's.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    pkcs12_file: Path | None = None
    password: bytes | None = field(default=None, repr=False)
    password_file: Path | None = None
    server_name: str | None = None

    def paths(self) -> tuple[Path, ...]:
        """List the files that are read."""
        named = (self.ca_file, self.cert_file, self.key_file, self.pkcs12_file, self.password_file)
        return tuple(path for path in named if path is not None)


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """A certificate, the certificates above it, and its private key."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: PrivateKeyTypes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What an operator wants to know of our certificate; `days_left` is below 0 once it has expired."""

    subject: str
    issuer: str
    not_after: datetime
    days_left: float


def certificate_facts(files: TlsFiles) -> CertificateFacts | None:
    """Describe our client certificate, expired or not; None where none is configured. Raises `TlsSetupError`."""
    identity = read_identity(files)
    if identity is None:
        return None
    certificate = identity.certificate
    not_after = certificate.not_valid_after_utc
    return CertificateFacts(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        not_after=not_after,
        days_left=(not_after - datetime.now(UTC)).total_seconds() / _SECONDS_A_DAY,
    )


def read_identity(files: TlsFiles) -> ClientIdentity | None:
    """Read our identity; None where none is configured. Raises `TlsSetupError`."""
    if files.pkcs12_file is not None:
        return _from_pkcs12(files.pkcs12_file, _password(files))
    if files.cert_file is not None:
        return _from_pem(files.cert_file, files.key_file or files.cert_file, _password(files))
    return None


def _password(files: TlsFiles) -> bytes | None:
    return files.password if files.password_file is None else _content(files.password_file).strip() or None


def _from_pkcs12(file: Path, password: bytes | None) -> ClientIdentity:
    content = _content(file)
    if not content.startswith(_DER_SEQUENCE):
        raise _unreadable(file)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, password)
    except ValueError:
        code = "wrong_password" if password else "password_missing"
        raise TlsSetupError(
            code, f"{file}: пароль не подходит или не задан / wrong or missing password: set it"
        ) from None
    except UnsupportedAlgorithm:
        raise _unsupported(file) from None
    if key is None or certificate is None:
        raise TlsSetupError(
            "file_unreadable", f"{file}: нет ключа или сертификата / no key or no certificate inside: export both"
        )
    return _matched(key, [certificate, *others], file)


def _from_pem(cert_file: Path, key_file: Path, password: bytes | None) -> ClientIdentity:
    try:
        certificates = x509.load_pem_x509_certificates(_content(cert_file))
    except ValueError:
        raise _unreadable(cert_file) from None
    return _matched(_pem_key(key_file, password), certificates, key_file)


def _pem_key(file: Path, password: bytes | None) -> PrivateKeyTypes:
    content = _content(file)
    is_locked = _LOCKED_PEM in content
    if is_locked and not password:
        raise TlsSetupError("password_missing", f"{file}: ключ закрыт паролем / the key is locked: set its password")
    try:
        return load_pem_private_key(content, password if is_locked else None)
    except (ValueError, TypeError):
        if is_locked:
            raise TlsSetupError("wrong_password", f"{file}: пароль не подходит / wrong password: set another") from None
        raise _unreadable(file) from None
    except UnsupportedAlgorithm:
        raise _unsupported(file) from None


def _matched(key: PrivateKeyTypes, certificates: Sequence[x509.Certificate], file: Path) -> ClientIdentity:
    """Find the certificate of the key, wherever it stands in the bundle."""
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ours = key.public_key().public_bytes(*form)
    for certificate in certificates:
        if certificate.public_key().public_bytes(*form) == ours:
            chain = tuple(other for other in certificates if other is not certificate)
            return ClientIdentity(certificate, chain, key)
    raise TlsSetupError(
        "key_mismatch", f"{file}: ключ не от этого сертификата / the key is not the certificate's: give the right pair"
    )


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise TlsSetupError("file_missing", f"{file}: нет файла / no such file: put it there") from None
    except OSError as error:
        raise TlsSetupError("file_unreadable", f"{file}: {error.strerror}") from None


def _unreadable(file: Path) -> TlsSetupError:
    return TlsSetupError(
        "file_unreadable", f"{file}: не PEM и не PKCS#12 / neither PEM nor PKCS#12: convert it, see certs/README.md"
    )


def _unsupported(file: Path) -> TlsSetupError:
    return TlsSetupError("unsupported_key", f"{file}: {TLS_REFUSALS['unsupported_key']}")
