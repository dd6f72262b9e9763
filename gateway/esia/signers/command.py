"""A program that signs files, such as CryptoPro's csptest or cryptcp."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gateway.esia.errors import EsiaSetupError, SigningFailed
from gateway.esia.running import run_bounded

__all__ = ["CommandSigner"]

_SECONDS: Final = 15.0
_AT_ONCE: Final = 4


@dataclass(frozen=True, slots=True)
class CommandSigner:
    """A `Signer` by a template of arguments with `{in}` and `{out}`; no shell reads it.

    The two files live in a folder of their own that only we may enter, and hold no secret: the message is what goes to
    ESIA in clear. CryptoPro writes raw signatures from the last byte to the first: `is_reversed` turns them round.
    """

    arguments: tuple[str, ...]
    is_reversed: bool = False
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE), repr=False, compare=False)

    @classmethod
    def from_template(cls, template: str, *, is_reversed: bool) -> CommandSigner:
        """Read the template; raise `EsiaSetupError` when it does not name both files."""
        try:
            arguments = tuple(shlex.split(template))
        except ValueError:
            arguments = ()
        if not all(any(place in word for word in arguments) for place in ("{in}", "{out}")):
            raise EsiaSetupError("ESIA_SIGN_COMMAND: нужны {in} и {out} / {in} and {out} are needed in it")
        return cls(arguments, is_reversed)

    async def sign_raw(self, message: bytes) -> bytes:
        """Return what the program has written, turned round where it must be."""
        signature = await self._sign(message)
        return signature[::-1] if self.is_reversed else signature

    async def sign_cms(self, message: bytes) -> bytes:
        """Return what the program has written as it is: with the old endpoints it must be one that makes CMS."""
        return await self._sign(message)

    async def _sign(self, message: bytes) -> bytes:
        async with self._places:
            try:
                status, signature = await self._run(message)
            except OSError as fault:
                raise SigningFailed(f"{self.arguments[0]}: the files of a signature: {fault.strerror}") from None
        if status != 0 or not signature:
            raise SigningFailed(f"{self.arguments[0]} ended with status {status} and {len(signature)} bytes")
        return signature

    async def _run(self, message: bytes) -> tuple[int, bytes]:
        with tempfile.TemporaryDirectory(prefix="esia-sign-") as folder:
            source, target = Path(folder, "message"), Path(folder, "signature")
            await asyncio.to_thread(source.write_bytes, message)
            places = (("{in}", str(source)), ("{out}", str(target)))
            status, _ = await run_bounded([_filled(word, places) for word in self.arguments], b"", _SECONDS)
            return status, await asyncio.to_thread(_content, target)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _filled(word: str, places: tuple[tuple[str, str], ...]) -> str:
    for name, path in places:
        word = word.replace(name, path)
    return word
