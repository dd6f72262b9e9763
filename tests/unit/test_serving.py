"""Serving apps in this process: ports, the last request, signals."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvloop

from gateway.serving import Listener, PortBusy, run, serve, stop_on_signals

Message = dict[str, Any]


class App:
    """An ASGI app that answers with its name, at once or when it may."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.life: list[str] = []

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request, or live through start and shutdown."""
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                await receive()
                self.life.append(event)
                await send({"type": f"lifespan.{event}.complete"})
            return
        self.asked.set()
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": self.name.encode()})


def _free_port(host: str = "127.0.0.1") -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


async def _get(host: str, port: int) -> str:
    """Ask as soon as somebody listens, and return the answer's body."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        await asyncio.sleep(0)
        return await _get(host, port)
    writer.write(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    reply = await reader.read()
    writer.close()
    await writer.wait_closed()
    return reply.partition(b"\r\n\r\n")[2].decode()


def _hosts() -> list[str]:
    """Name this machine in every way that it knows."""
    known = socket.getaddrinfo("localhost", None, type=socket.SOCK_STREAM)
    return ["localhost", *sorted({str(address[0]) for *_, address in known})]


@pytest.mark.parametrize("host", _hosts())
async def test_every_listener_answers_with_its_own_app(host: str) -> None:
    """Two apps are served side by side, by address of either family or by name, and end when told."""
    apps = [App("public"), App("internal")]
    ports = [_free_port("::1" if host == "::1" else "127.0.0.1") for _ in apps]
    stop = asyncio.Event()
    listeners = [Listener(app, host, port, "PORT") for app, port in zip(apps, ports, strict=True)]
    serving = asyncio.create_task(serve(listeners, stop))
    for app, port in zip(apps, ports, strict=True):
        app.may_answer.set()
        assert await _get(host, port) == app.name
    stop.set()
    await serving
    assert [app.life for app in apps] == [["startup", "shutdown"]] * 2


async def test_the_request_under_way_is_answered_before_the_end() -> None:
    """Told to stop while a request is under way, the server answers it and only then returns."""
    app, port, stop = App("late"), _free_port(), asyncio.Event()
    serving = asyncio.create_task(serve([Listener(app, "127.0.0.1", port, "PORT")], stop))
    request = asyncio.create_task(_get("127.0.0.1", port))
    await app.asked.wait()
    stop.set()
    await asyncio.sleep(0)
    assert not serving.done()
    app.may_answer.set()
    assert await request == "late"
    await serving


async def test_a_busy_port_names_the_setting_to_change() -> None:
    """When another listens there, nothing is served and the message says what to set."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        listeners = [
            Listener(App("a"), "127.0.0.1", _free_port(), "GATEWAY_PORT"),
            Listener(App("b"), "127.0.0.1", port, "INTERNAL_PORT"),
        ]
        with pytest.raises(PortBusy, match=rf"127\.0\.0\.1:{port} .* set INTERNAL_PORT$"):
            await serve(listeners, asyncio.Event())


async def test_two_listeners_do_not_share_a_port() -> None:
    """Probes and metrics never answer on the public port by mistake."""
    port = _free_port()
    listeners = [Listener(App(setting), "127.0.0.1", port, setting) for setting in ("GATEWAY_PORT", "INTERNAL_PORT")]
    with pytest.raises(PortBusy, match="INTERNAL_PORT"):
        await serve(listeners, asyncio.Event())


async def test_an_address_that_is_not_ours_names_the_setting() -> None:
    """A host on which this machine cannot listen is told like a busy port."""
    with pytest.raises(PortBusy, match="set GATEWAY_PORT"):
        await serve([Listener(App("a"), "192.0.2.1", _free_port(), "GATEWAY_PORT")], asyncio.Event())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_sets_the_event(number: signal.Signals) -> None:
    """Both ways of asking a process to end are the same to it."""
    stop = stop_on_signals()
    assert not stop.is_set()
    try:
        os.kill(os.getpid(), number)
        await stop.wait()
    finally:
        for handled in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(handled)


def test_a_process_runs_on_uvloop() -> None:
    """The main coroutine's status is returned, its loop is the fast one."""

    async def work() -> int:
        return 7 if isinstance(asyncio.get_running_loop(), uvloop.Loop) else 1

    assert run(work()) == 7
