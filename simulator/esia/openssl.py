"""The `openssl` program: data go through pipes, so that nothing is left on the disk."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import ExitStack

__all__ = ["OpensslError", "openssl"]

_SECONDS = 20
_FILE = "{%d}"


class OpensslError(Exception):
    """Say that openssl refused, or is not there; the message is its own first line."""


async def openssl(*arguments: str, given: bytes = b"", files: Sequence[bytes] = ()) -> bytes:
    """Run openssl and return its output; `{0}` in an argument stands for the first of `files`, and so on.

    Raises `OpensslError` when it ends otherwise than well.
    """
    with ExitStack() as stack:
        pipes = [_readable(stack, content) for content in files]
        words = [_filled(word, pipes) for word in arguments]
        try:
            process = await asyncio.create_subprocess_exec(
                "openssl",
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                pass_fds=pipes,
            )
        except FileNotFoundError:
            raise OpensslError("no openssl program") from None
        try:
            async with asyncio.timeout(_SECONDS):
                said, complaint = await process.communicate(given)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    if process.returncode:
        raise OpensslError(complaint.decode(errors="replace").partition("\n")[0])
    return said


def _readable(stack: ExitStack, content: bytes) -> int:
    """Open a pipe that holds the content; keys, certificates and signatures fit into its buffer."""
    reader, writer = os.pipe()
    stack.callback(os.close, reader)
    with os.fdopen(writer, "wb") as end:
        end.write(content)
    return reader


def _filled(word: str, pipes: Sequence[int]) -> str:
    for place, pipe in enumerate(pipes):
        word = word.replace(_FILE % place, f"/dev/fd/{pipe}")
    return word
