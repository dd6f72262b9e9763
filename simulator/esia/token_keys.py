"""The keys that ESIA signs its tokens with, and the directory of certificates that systems are to trust."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from simulator.esia import gost

__all__ = ["RSA_BITS", "RSA_TOKENS", "KeyRing", "TokenAlgorithm", "TokenKey", "make_rsa_certificate"]

TokenAlgorithm: TypeAlias = Literal["RS256", "GOST3410_2012_256"]
RSA_BITS = 2048
RSA_TOKENS: Final = "RS256"
_NAME = "ESIA stand"
_DAYS = 365


@dataclass(frozen=True, slots=True, repr=False)
class TokenKey:
    """Sign by one key; `rsa_key` is there when the algorithm is RSA."""

    algorithm: TokenAlgorithm
    certificate: bytes
    sign: Callable[[bytes], Awaitable[bytes]]
    rsa_key: rsa.RSAPrivateKey | None = None


class KeyRing:
    """Hold the current key of each algorithm; the certificates of the directory are those that are published."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._current: dict[TokenAlgorithm, TokenKey] = {}
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        """Empty the directory, make the first keys and publish their certificates; GOST where the engine is."""
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        for path in self.folder.glob("*.pem"):
            path.unlink()
        self._current.clear()
        await self.rotate("RS256")
        if await gost.gost_is_here():
            await self.rotate("GOST3410_2012_256")

    def can_sign(self, algorithm: TokenAlgorithm) -> bool:
        """Tell whether there is a key of the algorithm."""
        return algorithm in self._current

    def current(self, algorithm: TokenAlgorithm) -> TokenKey:
        """Return the key that signs now."""
        return self._current[algorithm]

    async def rotate(self, algorithm: TokenAlgorithm, *, publish: bool = True) -> None:
        """Sign by a new key from now on; without `publish` nobody has been told its certificate."""
        key = await make_token_key(algorithm)
        self._current[algorithm] = key
        if publish:
            (self.folder / f"{algorithm.lower()}-{next(self._numbers)}.pem").write_bytes(key.certificate)


async def make_token_key(algorithm: TokenAlgorithm) -> TokenKey:
    """Make a key with its certificate; `OpensslError` when GOST is asked for and the engine is not there."""
    if algorithm == "GOST3410_2012_256":
        pair = await gost.make_gost_pair(_NAME, _DAYS)
        return TokenKey(algorithm, pair.certificate, lambda message: gost.sign_gost(message, pair.key))
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)

    async def sign(message: bytes) -> bytes:
        return key.sign(message, padding.PKCS1v15(), SHA256())

    return TokenKey(algorithm, make_rsa_certificate(key, _NAME, _DAYS), sign, key)


def make_rsa_certificate(key: rsa.RSAPrivateKey, name: str, days: int) -> bytes:
    """Make a self-signed certificate (PEM) that is valid from an hour ago."""
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    dated = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=days))
    return dated.sign(key, SHA256()).public_bytes(Encoding.PEM)
