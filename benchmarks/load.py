"""`python -m benchmarks.load`: the load generator, a process of its own that reads its task from LOAD_TASK (JSON).

A fixed number of connections, one request under way on each, no pipelining. The first answer is read to learn its
length; from then on bytes are only counted, so that the generator costs far less than any server that it asks.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
import time
from itertools import count
from typing import Any, Final

import msgspec
import uvloop

from benchmarks.fastcgi import answer_ends as fastcgi_ends

__all__ = ["NUMBER", "Load", "Task"]

NUMBER: Final = b"00000000"
"""Where a request holds this, each is given a number of its own in its place."""


class Task(msgspec.Struct, frozen=True):
    """What to ask of whom; `request` in base64, `opening` is what an answer must begin with."""

    port: int
    request: str
    opening: str
    connections: int
    seconds: float
    is_fastcgi: bool = False
    skip_numbers: int = 0


class Load:
    """One task under way."""

    def __init__(self, task: Task) -> None:
        before, numbered, after = base64.b64decode(task.request).partition(NUMBER)
        self.task = task
        self.opening = task.opening.encode()
        self.answered = 0
        self.failure: str | None = None
        self.ends = 0.0
        self._request = before
        self._after = after if numbered else None
        self._numbers = count(task.skip_numbers)
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = task.connections

    def next_request(self) -> bytes:
        """Write the next request."""
        if self._after is None:
            return self._request
        return b"%s%08d%s" % (self._request, next(self._numbers), self._after)

    def closed(self, failure: str | None) -> None:
        """Count a connection as done."""
        self.failure = self.failure or failure
        self._left -= 1
        if not self._left and not self.over.done():
            self.over.set_result(None)

    async def run(self) -> dict[str, float]:
        """Ask for as long as the task says and tell how many answers came."""
        loop = asyncio.get_running_loop()
        begun = time.perf_counter()
        self.ends = begun + self.task.seconds
        cpu = time.process_time()
        for _ in range(self.task.connections):
            await loop.create_connection(lambda: _Connection(self), "127.0.0.1", self.task.port)
        await self.over
        seconds = time.perf_counter() - begun
        if self.failure:
            raise RuntimeError(self.failure)
        busy = (time.process_time() - cpu) / seconds
        return {"answered": self.answered, "seconds": seconds, "busy": busy, "numbers": next(self._numbers)}


class _Connection(asyncio.Protocol):
    """Asks, waits for the whole answer, asks again."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: Any = None  # uvloop's transports are none of asyncio's classes
        self._first = b""
        self._length = 0
        self._received = 0
        self._failure: str | None = "the server hung up"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        self._transport = transport
        self._transport.write(self._load.next_request())

    def data_received(self, data: bytes) -> None:
        """Count; at the end of an answer ask again."""
        if not self._received and self._length and not data.startswith(self._load.opening):
            self._end(f"an answer begins with {data[:80]!r}")
            return
        self._received += len(data)
        if not self._length:
            self._learn(data)
        if not self._length or self._received < self._length:
            return
        if self._received > self._length:
            self._end("an answer is longer than the first one")
            return
        self._received = 0
        self._load.answered += 1
        if time.perf_counter() < self._load.ends:
            self._transport.write(self._load.next_request())
        else:
            self._end(None)

    def _learn(self, data: bytes) -> None:
        self._first += data
        ends = (fastcgi_ends if self._load.task.is_fastcgi else _http_ends)(self._first)
        if ends and not self._first.startswith(self._load.opening):
            self._end(f"the first answer begins with {self._first[:200]!r}")
        self._length = ends

    def _end(self, failure: str | None) -> None:
        self._failure = failure
        self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Report the end."""
        self._load.closed(self._failure)


def _http_ends(received: bytes) -> int:
    """Return the length of the whole answer, 0 before its head is there."""
    head, ended, _ = received.partition(b"\r\n\r\n")
    if not ended:
        return 0
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return len(head) + len(ended) + (int(lengths[0]) if lengths else 0)


async def _main() -> dict[str, float]:
    return await Load(msgspec.json.decode(os.environ["LOAD_TASK"], type=Task)).run()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as _runner:
        sys.stdout.write(json.dumps(_runner.run(_main())) + "\n")
