"""`python -m benchmarks.stand_in PORT LATENCY DAYS SLOTS_A_DAY`: an EMIAS that answers from ready bytes.

Each reply is written when it is first asked for. From then on it costs as little as a server in Python can, so that the
callers are measured and not it.
"""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from benchmarks.population import today
from benchmarks.replies import LPU_CODE, schedule_body
from gateway.domain.schedule import EmiasDoctorRef
from gateway.serving import run, stop_on_signals

__all__ = ["Clinic", "serve_schedules"]

_LENGTH: Final = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_ARGUMENTS: Final = re.compile(rb"(doctorId|dateFrom|dateTo)>([^<]+)<")
_HEAD: Final = "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; charset=utf-8\r\nContent-Length: {}\r\n\r\n"


class Clinic:
    """Doctors whose schedules begin today and are `days` long."""

    def __init__(self, days: int, slots_a_day: int) -> None:
        self._opens = today()
        self._closes = self._opens + timedelta(days=days - 1)
        self._slots_a_day = slots_a_day
        self.reply = lru_cache(None)(self._reply)

    def _reply(self, doctor_id: bytes, first: bytes, last: bytes) -> bytes:
        """Write the whole HTTP reply for a range of days."""
        begin = max(self._opens, date.fromisoformat(first.decode()))
        end = min(self._closes, date.fromisoformat(last.decode()))
        doctor = EmiasDoctorRef(LPU_CODE, doctor_id.decode())
        body = schedule_body(doctor, begin, max(0, (end - begin).days + 1), self._slots_a_day)
        return _HEAD.format(len(body)).encode() + body


class _Connection(asyncio.Protocol):
    """One caller; its requests come one after the other."""

    def __init__(self, clinic: Clinic, latency: float) -> None:
        self._clinic = clinic
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
        asked = dict(_ARGUMENTS.findall(body))
        reply = self._clinic.reply(asked[b"doctorId"], asked[b"dateFrom"], asked[b"dateTo"])
        asyncio.get_running_loop().call_later(self._latency, self._answer, reply)

    def _answer(self, reply: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(reply)


async def serve_schedules(port: int, latency: float, clinic: Clinic) -> int:
    """Serve until SIGTERM; `latency` in seconds."""
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(clinic, latency), "127.0.0.1", port, backlog=1024
    )
    async with server:
        await stop_on_signals().wait()
    return 0


if __name__ == "__main__":
    _port, _latency, *_amounts = sys.argv[1:]
    sys.exit(run(serve_schedules(int(_port), float(_latency), Clinic(*map(int, _amounts)))))
