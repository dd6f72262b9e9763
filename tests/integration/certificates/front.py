"""A TLS front before the stand-in of EMIAS, which notes whose certificate each connection showed."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

from simulator.listeners import mutual_tls
from simulator.running import Simulator

__all__ = ["Front", "running_front"]

_PIECE = 65_536


class Front:
    """Passes bytes on and counts the connections by the common name of the certificate shown."""

    def __init__(self, simulator: Simulator) -> None:
        pki = simulator.pki
        self.shown: Counter[str] = Counter()
        self.tls = mutual_tls(pki.server_cert, pki.server_key, pki.ca)
        self._behind = urlsplit(simulator.emias_url)
        self._inner = ssl.create_default_context(cafile=str(pki.ca))
        self._inner.load_cert_chain(pki.client_cert, pki.client_key)

    def url(self, port: int) -> str:
        """Name the service's address through a port of ours."""
        return urlunsplit(self._behind._replace(netloc=f"127.0.0.1:{port}"))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end."""
        certificate = writer.get_extra_info("peercert")
        self.shown[dict(pair for [pair] in certificate["subject"])["commonName"]] += 1
        inner_reader, inner_writer = await asyncio.open_connection(
            self._behind.hostname, self._behind.port, ssl=self._inner
        )
        ways = [_pass_on(reader, inner_writer), _pass_on(inner_reader, writer)]
        await asyncio.gather(*ways)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@asynccontextmanager
async def running_front(simulator: Simulator) -> AsyncIterator[tuple[Front, str]]:
    """Run a front on a free port and yield it with the address of the service behind it."""
    front = Front(simulator)
    server = await asyncio.start_server(front.serve, "127.0.0.1", 0, ssl=front.tls)
    async with server:
        yield front, front.url(server.sockets[0].getsockname()[1])
