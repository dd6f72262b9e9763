"""Serve ASGI apps with Granian in this process until told to stop; all three processes do it this way."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

__all__ = ["Listener", "PortBusy", "run", "serve", "start_up_kept", "stop_on_signals"]


class PortBusy(Exception):
    """Another process listens where we should; the message names the setting to change."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An app and the address it answers on; `setting` names the variable that chose the port."""

    app: Any
    host: str
    port: int
    setting: str


async def serve(listeners: Sequence[Listener], stop: asyncio.Event) -> None:
    """Serve every listener until the event; requests under way are answered before this returns."""
    addresses = _free_addresses(listeners)
    servers = [
        Server(
            listener.app,
            address=address,
            port=listener.port,
            interface=Interfaces.ASGI,
            websockets=False,
            backlog=4096,
            log_enabled=False,
        )
        for listener, address in zip(listeners, addresses, strict=True)
    ]
    with start_up_kept():
        running = [asyncio.create_task(server.serve()) for server in servers]
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({*running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        for server in servers:
            server.stop()  # type: ignore[no-untyped-call]  # Granian leaves it unannotated
        await asyncio.gather(*running)


@contextmanager
def start_up_kept() -> Iterator[None]:
    """Take what start-up has made out of the garbage collector's rounds.

    Modules, routes and the WSDL's model never become garbage; a full round over them holds the event loop for 0.1 s.
    """
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _free_addresses(listeners: Sequence[Listener]) -> list[str]:
    """Resolve every host and try every port, all at once: the server itself would share a port without a word."""
    with ExitStack() as probes:
        return [_occupy(listener, probes) for listener in listeners]


def _occupy(listener: Listener, probes: ExitStack) -> str:
    try:
        family, kind, _, _, address = socket.getaddrinfo(listener.host, listener.port, type=socket.SOCK_STREAM)[0]
        probe = probes.enter_context(socket.socket(family, kind))
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen()
    except OSError as error:
        raise PortBusy(
            f"cannot listen on {listener.host}:{listener.port} ({error.strerror}); set {listener.setting}"
        ) from None
    return str(address[0])


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def run(work: Coroutine[Any, Any, int]) -> int:
    """Run a process's main coroutine on uvloop and return its exit status."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
