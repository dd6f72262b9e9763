"""`python -m benchmarks.stand_in PORT LATENCY DOCTORS DAYS SLOTS_A_DAY`: an EMIAS that answers from ready bytes.

It costs as little as a server in Python can, so that the callers are measured and not it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Mapping
from typing import Any, Final

from benchmarks.population import today
from benchmarks.replies import doctor_ref, schedule_body
from gateway.serving import run, stop_on_signals

__all__ = ["serve_schedules"]

_LENGTH: Final = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_DOCTOR: Final = re.compile(rb"doctorId>([^<]+)<")
_HEAD: Final = "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One caller; its requests come one after the other."""

    def __init__(self, replies: Mapping[bytes, bytes], latency: float) -> None:
        self._replies = replies
        self._latency = latency
        self._buffer = b""
        self._transport: Any = None  # uvloop's transports are none of asyncio's classes

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a whole request after the latency."""
        self._buffer += data
        head, ended, body = self._buffer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not ended or length is None or len(body) < int(length[1]):
            return
        self._buffer = b""
        doctor = _DOCTOR.search(body)
        reply = self._replies[doctor[1] if doctor else b""]
        asyncio.get_running_loop().call_later(self._latency, self._answer, reply)

    def _answer(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply)


async def serve_schedules(port: int, latency: float, replies: Mapping[bytes, bytes]) -> int:
    """Serve until SIGTERM; `replies` are whole HTTP replies by EMIAS doctor id."""
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(replies, latency), "127.0.0.1", port, backlog=1024
    )
    async with server:
        await stop_on_signals().wait()
    return 0


def _replies(doctors: int, days: int, slots_a_day: int) -> dict[bytes, bytes]:
    replies = {}
    for number in range(doctors):
        doctor = doctor_ref(number)
        body = schedule_body(doctor, today(), days, slots_a_day)
        replies[doctor.emias_doctor_id.encode()] = _HEAD.format(len(body)).encode() + body
    return replies


if __name__ == "__main__":
    _port, _latency, *_amounts = sys.argv[1:]
    sys.exit(run(serve_schedules(int(_port), float(_latency), _replies(*map(int, _amounts)))))
