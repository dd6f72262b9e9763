"""Listening sockets that can be closed and opened again on the same port."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

__all__ = ["Listener", "PortBusyError", "mutual_tls", "server_tls"]

_HOST = "127.0.0.1"
_GRACE_SECONDS = 0.1


class PortBusyError(Exception):
    """Say that another process listens on a port."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"port {port}, wanted for the {name} listener, is busy")


class Listener:
    """Serve an application on one loopback port; port 0 becomes a free one, kept from then on."""

    def __init__(self, name: str, make_app: Callable[[], web.Application], port: int) -> None:
        self.port = port
        self._name = name
        self._make_app = make_app
        self._runner: web.AppRunner | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether connections are accepted."""
        return self._runner is not None

    async def open(self, tls: ssl.SSLContext | None = None) -> None:
        """Accept connections; an open listener stays as it is."""
        if self._runner is not None:
            return
        runner = web.AppRunner(
            self._make_app(), access_log=None, handler_cancellation=True, shutdown_timeout=_GRACE_SECONDS
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, self.port, ssl_context=tls, reuse_address=True).start()
        except OSError as error:
            await runner.cleanup()
            if error.errno == errno.EADDRINUSE:
                raise PortBusyError(self._name, self.port) from error
            raise
        self.port = runner.addresses[0][1]
        self._runner = runner

    async def close(self) -> None:
        """Refuse connections and break those that are open."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()


def mutual_tls(certificate: Path, key: Path, client_ca: Path) -> ssl.SSLContext:
    """Demand TLS 1.2 or newer and a client certificate that this CA has issued."""
    context = server_tls(certificate, key)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(client_ca)
    return context


def server_tls(certificate: Path, key: Path) -> ssl.SSLContext:
    """Demand TLS 1.2 or newer."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context
