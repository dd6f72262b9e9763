"""Certificates replaced while the gateway runs: their files are watched, and new ones taken up between two calls."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from gateway.emias.certificate import CertificateFacts, TlsFiles, certificate_facts
from gateway.emias.errors import TlsSetupError
from gateway.emias.tls import client_context
from gateway.emias.transport import Transport

__all__ = ["LOOK_EVERY", "CertificateNews", "Renewal", "Seen", "look_at", "read_certificate"]

LOOK_EVERY: Final = 5.0
"""Seconds between two looks at the files."""
_log = structlog.stdlib.get_logger("gateway.emias")
Seen = tuple[tuple[int, int, int] | None, ...]
"""How files looked: inode, size and time of the last change of each, None for one that cannot be looked at."""


@dataclass(frozen=True, slots=True)
class CertificateNews:
    """What the files hold now: a certificate, or none; `problem` is the code of why they are not used."""

    facts: CertificateFacts | None
    problem: str | None = None


@dataclass(slots=True)
class Renewal:
    """Watches the files of a channel; what cannot be used leaves the last good certificate in its place.

    `used` is how they looked before the context in use was made.
    """

    files: TlsFiles
    transport: Transport
    used: Seen
    heard: Callable[[CertificateNews], None]
    _told: tuple[Seen, str] | None = None

    async def watch(self, every: float) -> None:
        """Look at the files for ever."""
        while True:
            await asyncio.sleep(every)
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - a watch that ends would let the certificate run out
                _log.error("certificate_not_looked_at", fault=type(fault).__name__)

    async def look(self) -> None:
        """Take the files up if they have changed since the last time that they were."""
        seen = await asyncio.to_thread(look_at, self.files)
        if seen == self.used:
            return
        try:
            context, facts = await asyncio.to_thread(read_certificate, self.files)
        except TlsSetupError as error:
            self._tell_problem(seen, error)
            return
        self.transport.renew(context)
        self.used, self._told = seen, None
        self.heard(CertificateNews(facts))
        _log.info("certificate_replaced", not_after=facts.not_after.isoformat() if facts else None)
        await self.transport.drain()

    def _tell_problem(self, seen: Seen, error: TlsSetupError) -> None:
        """Tell it once for each state of the files: between two writes they may belong to different pairs."""
        if self._told != (seen, error.code):
            self._told = (seen, error.code)
            self.heard(CertificateNews(None, error.code))
            _log.warning("certificate_not_replaced", code=error.code, what_to_do=str(error))


def read_certificate(files: TlsFiles) -> tuple[ssl.SSLContext, CertificateFacts | None]:
    """Make a context of the files and describe the certificate that it shows; raise `TlsSetupError`."""
    return client_context(files), certificate_facts(files)


def look_at(files: TlsFiles) -> Seen:
    """Tell one state of the files from another."""
    return tuple(_state(path) for path in files.paths())


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns
