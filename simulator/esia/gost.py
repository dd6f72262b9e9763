"""GOST R 34.10-2012 (256 bits) and Streebog by openssl's engine.

A raw signature is 64 bytes, s before r, both big-endian: the order that openssl writes and ESIA takes.
"""

from __future__ import annotations

from dataclasses import dataclass

from simulator.esia.openssl import OpensslError, openssl

__all__ = [
    "PUBLIC_KEY_OID",
    "SIGNATURE_BYTES",
    "GostPair",
    "gost_is_here",
    "make_gost_pair",
    "public_key_of",
    "sign_gost",
    "streebog",
    "verify_gost",
]

PUBLIC_KEY_OID = "1.2.643.7.1.1.1.1"
SIGNATURE_BYTES = 64
_ENGINE = ("-engine", "gost")
_DIGEST = "-md_gost12_256"


@dataclass(frozen=True, slots=True, repr=False)
class GostPair:
    """A private key and its self-signed certificate, both PEM."""

    key: bytes
    certificate: bytes


async def gost_is_here() -> bool:
    """Tell whether openssl has the engine (Debian: libengine-gost-openssl)."""
    try:
        await streebog(b"")
    except OpensslError:
        return False
    return True


async def make_gost_pair(name: str, days: int) -> GostPair:
    """Make a key and a certificate in a person's or system's name."""
    key = await openssl("genpkey", *_ENGINE, "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A")
    words = ["req", *_ENGINE, "-new", "-x509", _DIGEST, "-key", "{0}", "-subj", f"/CN={name}", "-days", str(days)]
    return GostPair(key, await openssl(*words, files=[key]))


async def public_key_of(certificate: bytes) -> bytes:
    """Take the public key (PEM) out of a certificate (PEM)."""
    return await openssl("x509", *_ENGINE, "-pubkey", "-noout", given=certificate)


async def sign_gost(message: bytes, key: bytes) -> bytes:
    """Sign with a private key (PEM)."""
    return await openssl("dgst", *_ENGINE, _DIGEST, "-sign", "{0}", "-binary", given=message, files=[key])


async def verify_gost(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Tell whether a raw signature is the message's."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    words = ["dgst", *_ENGINE, _DIGEST, "-verify", "{0}", "-signature", "{1}"]
    try:
        await openssl(*words, given=message, files=[public_key, signature])
    except OpensslError:
        return False
    return True


async def streebog(message: bytes) -> bytes:
    """Hash by GOST R 34.11-2012, 32 bytes."""
    return await openssl("dgst", *_ENGINE, _DIGEST, "-binary", given=message)
