"""A crowd at the door: thousands of requests for one slot written to two gateways before any answer is read."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from tests.faults.stage import Slot, Stage

__all__ = ["Crowd"]

_LENGTH = re.compile(rb"(?i)content-length: (\d+)")
_PATIENCE = 120.0
_OPENINGS_AT_ONCE = 100


@dataclass(slots=True)
class Crowd:
    """Open connections, by turns to each gateway; each carries so many requests of a round at once."""

    stage: Stage
    connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def come(self, urls: Sequence[str], count: int) -> None:
        """Open so many connections."""
        gate = asyncio.Semaphore(_OPENINGS_AT_ONCE)

        async def opened(number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
            place = urlsplit(urls[number % len(urls)])
            async with gate:
                return await asyncio.open_connection(place.hostname, place.port)

        self.connections = await asyncio.gather(*(opened(number) for number in range(count)))

    async def want(self, slot: Slot, each: int) -> Counter[str]:
        """Let every connection ask `each` times for the slot at once, and count the answers: `held`, or the code."""
        for _, writer in self.connections:
            writer.write(b"".join(self._request(slot) for _ in range(each)))
        async with asyncio.timeout(_PATIENCE):
            answers = await asyncio.gather(*(_answers(reader, each) for reader, _ in self.connections))
        return Counter(answer for some in answers for answer in some)

    async def go(self) -> None:
        """Close every connection."""
        for _, writer in self.connections:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in self.connections), return_exceptions=True)

    def _request(self, slot: Slot) -> bytes:
        body = json.dumps({"slot_id": str(slot.id)}).encode()
        head = (
            f"POST /v1/holds HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {self.stage.api_key}\r\n"
            f"X-Client-Ref: {uuid4().hex}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def _answers(reader: asyncio.StreamReader, count: int) -> list[str]:
    answers = []
    for _ in range(count):
        length = _LENGTH.search(await reader.readuntil(b"\r\n\r\n"))
        answer = json.loads(await reader.readexactly(int(length[1]) if length else 0))
        answers.append(answer.get("code", "held"))
    return answers
