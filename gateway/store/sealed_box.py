"""Text sealed to a public key: who can read the row it lies in cannot read it.

X25519 between a fresh key and the receiver's, HKDF-SHA256, ChaCha20-Poly1305 (RFC 7748, 5869, 8439). A key seals one
text only, so that its nonce may be zero; what is sealed about one thing opens about no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["BoxBroken", "KeyPair", "seal_to"]

_PURPOSE: Final = b"emias-gateway box 1"
_OF_SECRET: Final = b"emias-gateway box key 1"
_NONCE: Final = bytes(12)
_KEY_BYTES: Final = 32


class BoxBroken(Exception):
    """A box was not sealed to this key, or not about this."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair:
    """A receiver's keys."""

    private: X25519PrivateKey

    @classmethod
    def fresh(cls) -> Self:
        """Make keys that live as long as this object."""
        return cls(X25519PrivateKey.generate())

    @classmethod
    def derived(cls, secret: bytes) -> Self:
        """Make the keys that everybody with the same secret makes."""
        seed = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_OF_SECRET).derive(secret)
        return cls(X25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        """Return the half that others seal to, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    def open(self, box: bytes, about: str) -> str:
        """Open a box; raise `BoxBroken`."""
        sender, sealed = box[:_KEY_BYTES], box[_KEY_BYTES:]
        try:
            shared = self.private.exchange(X25519PublicKey.from_public_bytes(sender))
            opened = _key(shared, sender, self.public).decrypt(_NONCE, sealed, about.encode())
        except (InvalidTag, ValueError):
            raise BoxBroken from None
        return opened.decode()


def seal_to(public_key: bytes, text: str, about: str) -> bytes:
    """Seal a text to a receiver; raise `ValueError` when that is no public key."""
    once = X25519PrivateKey.generate()
    sender = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    return sender + _key(shared, sender, public_key).encrypt(_NONCE, text.encode(), about.encode())


def _key(shared: bytes, sender: bytes, receiver: bytes) -> ChaCha20Poly1305:
    derive = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE + sender + receiver)
    return ChaCha20Poly1305(derive.derive(shared))
