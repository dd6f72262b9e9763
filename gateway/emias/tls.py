"""The TLS context of the channel to EMIAS: our certificate shown, theirs checked, nothing ever asked on a terminal."""

from __future__ import annotations

import os
import secrets
import ssl
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from gateway.emias.certificate import ClientIdentity, TlsFiles, read_identity
from gateway.emias.errors import TlsSetupError

__all__ = ["client_context"]


def client_context(files: TlsFiles) -> ssl.SSLContext:
    """Build the context: TLS 1.2 or newer, host name checked, and no other CA trusted than the given one.

    Raises `TlsSetupError` when a file is missing, a password wrong, a key not the certificate's, or a certificate out
    of its time.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _trust(context, files.ca_file)
    identity = read_identity(files)
    if identity is not None:
        _check_time(identity.certificate)
        _show(context, identity)
    return context


def _trust(context: ssl.SSLContext, ca_file: Path | None) -> None:
    if ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        return
    try:
        context.load_verify_locations(cafile=ca_file)
    except FileNotFoundError:
        raise TlsSetupError("file_missing", f"{ca_file}: нет файла УЦ / no CA file: put it there") from None
    except OSError:
        raise TlsSetupError("file_unreadable", f"{ca_file}: не PEM УЦ / not a readable PEM CA file") from None


def _check_time(certificate: x509.Certificate) -> None:
    now = datetime.now(UTC)
    if now < certificate.not_valid_before_utc:
        since = certificate.not_valid_before_utc.date()
        raise TlsSetupError("not_yet_valid", f"сертификат действует с {since} / certificate is valid from {since}")
    if now > certificate.not_valid_after_utc:
        until = certificate.not_valid_after_utc.date()
        raise TlsSetupError("expired", f"сертификат истёк {until}, замените / certificate expired {until}, renew it")


def _show(context: ssl.SSLContext, identity: ClientIdentity) -> None:
    """Hand the identity to OpenSSL, which takes files only: one in memory, locked by a password used once."""
    password = secrets.token_urlsafe(24).encode()
    locked = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    chain = (identity.certificate, *identity.chain)
    pem = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain) + locked
    try:
        with _passing_file(pem) as path:
            context.load_cert_chain(path, password=password)
    except ssl.SSLError:
        raise TlsSetupError(
            "file_unreadable", "OpenSSL не принимает ключ или сертификат / OpenSSL refuses the key or certificate"
        ) from None


@contextmanager
def _passing_file(content: bytes) -> Iterator[str]:
    if sys.platform == "linux":
        descriptor = os.memfd_create("client-identity", os.MFD_CLOEXEC)
        with os.fdopen(descriptor, "wb") as memory:
            memory.write(content)
            memory.flush()
            yield f"/proc/self/fd/{descriptor}"
    else:
        with tempfile.NamedTemporaryFile() as file:  # created readable by its owner only
            file.write(content)
            file.flush()
            yield file.name
