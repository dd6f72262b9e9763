"""GOST by the openssl program with its gost engine: argument lists, standard input and output, nothing on disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.esia.errors import SigningFailed
from gateway.esia.running import run_bounded

__all__ = ["OpenSsl"]

_SECONDS: Final = 5.0
_AT_ONCE: Final = 4
_STREEBOG_BYTES: Final = 32
_DIGEST: Final = ("-engine", "gost", "-md_gost12_256")


@dataclass(frozen=True, slots=True)
class OpenSsl:
    """The program, at most four at once, five seconds each."""

    program: str = "openssl"
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE), repr=False, compare=False)

    async def streebog(self, content: bytes) -> bytes:
        """Return the Streebog-256 digest of a content; raise `SigningFailed`."""
        digest = await self._run(["dgst", *_DIGEST, "-binary"], content)
        if len(digest) != _STREEBOG_BYTES:
            raise SigningFailed("openssl brought no Streebog-256 digest: is the gost engine installed?")
        return digest

    async def sign(self, key_file: Path, message: bytes) -> bytes:
        """Return the raw GOST R 34.10-2012 signature of a message, s‖r; raise `SigningFailed`."""
        return await self._run(["dgst", *_DIGEST, "-sign", str(key_file), "-binary"], message)

    async def sign_cms(self, key_file: Path, certificate_file: Path, message: bytes) -> bytes:
        """Return a detached CMS signature with signed attributes, DER; raise `SigningFailed`."""
        pair = ("-signer", str(certificate_file), "-inkey", str(key_file))
        words = ["cms", "-sign", "-engine", "gost", "-md", "md_gost12_256", *pair, "-binary", "-outform", "DER"]
        return await self._run(words, message)

    async def public_key(self, certificate_pem: bytes) -> bytes:
        """Return the public key of a certificate as PEM; raise `SigningFailed`."""
        return await self._run(["x509", "-engine", "gost", "-pubkey", "-noout"], certificate_pem)

    async def verify(self, public_key: bytes, message: bytes, signature: bytes) -> bool:
        """Tell whether a raw GOST signature is the key's; raise `SigningFailed` when openssl cannot be run."""
        with ExitStack() as held:
            key, mark = (held.enter_context(_in_memory(content)) for content in (public_key, signature))
            words = ["dgst", *_DIGEST, "-verify", f"/proc/self/fd/{key}", "-signature", f"/proc/self/fd/{mark}"]
            async with self._places:
                status, _ = await run_bounded([self.program, *words], message, _SECONDS, keep_open=(key, mark))
        return status == 0

    async def _run(self, words: Sequence[str], given: bytes) -> bytes:
        async with self._places:
            status, told = await run_bounded([self.program, *words], given, _SECONDS)
        if status != 0 or not told:
            raise SigningFailed(f"openssl {words[0]} ended with status {status}: is the gost engine installed?")
        return told


@contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    """Lend a content to a child as a file that is nowhere."""
    descriptor = os.memfd_create("gost", os.MFD_CLOEXEC)
    try:
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)
