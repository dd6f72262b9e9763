"""Running a program for so long at most, with nothing of ours but what it is given."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from gateway.esia.errors import SigningFailed

__all__ = ["run_bounded"]

_KEPT: Final = ("HOME", "LANG", "LD_LIBRARY_PATH", "OPENSSL_CONF", "OPENSSL_ENGINES", "PATH", "TZ")


async def run_bounded(
    command: Sequence[str], given: bytes, seconds: float, keep_open: Sequence[int] = ()
) -> tuple[int, bytes]:
    """Return the status and standard output of a program; raise `SigningFailed` when it cannot run or takes too long.

    It has no terminal to ask a password on, and sees none of our secrets in its environment.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=keep_open,
            start_new_session=True,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
        )
    except OSError as fault:
        raise SigningFailed(f"{command[0]}: {fault.strerror}") from None
    try:
        async with asyncio.timeout(seconds):
            told, _ = await process.communicate(given)
    except TimeoutError:
        raise SigningFailed(f"{command[0]} took longer than {seconds:g} seconds") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                # Its children too, such as a wrapper script's: one that lives on holds the pipes, and `wait` with them.
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return process.returncode or 0, told
