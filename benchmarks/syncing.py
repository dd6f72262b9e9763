"""Sync a clinic through a slow EMIAS, against the plain agent; and how long the loop is away meanwhile."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.heartbeat import heartbeat
from benchmarks.peers.plain_loop import PEER_TABLE, plain_pass
from benchmarks.php import find_php, pdo_dsn
from benchmarks.population import populate, today
from benchmarks.record import wsdl_file
from benchmarks.replies import doctor_ref
from benchmarks.rounds import take_turns
from benchmarks.sizes import Size
from benchmarks.stage import Stage
from demo.ports import free_port
from gateway.services.refresh import Refreshed, Result
from gateway.serving import start_up_kept
from gateway.wiring import House, open_house
from sync.pacing import wait_for_any
from sync.readers import Readers

__all__ = ["measure", "measure_gaps"]

_LOOP_SCRIPT: Final = Path(__file__).parent / "peers" / "sync_loop.php"
_ONE_REPLY_MAY_TAKE: Final = 0.025
_A_PASS_MAY_TAKE: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Clinic:
    """A house whose EMIAS is the stand-in at `address`, and its doctors."""

    stage: Stage
    size: Size
    house: House
    address: str

    async def read_all(self, doctors: int, *, expected: Result) -> float:
        """Read the first doctors as the worker does and return the seconds."""
        ends: list[Refreshed] = []
        house, at_once = self.house, self.size.at_once
        readers = Readers(house.sync_book, house.refresh, at_once, at_once, lambda _, end: ends.append(end))
        await self.house.sync_book.all_due_now()
        begun = time.perf_counter()
        while await readers.claim() or readers.running:
            await wait_for_any(tasks=readers.running)
        taken = time.perf_counter() - begun
        if [end.result for end in ends] != [expected] * doctors:
            raise RuntimeError(f"{doctors} reads were to be {expected}: {Counter(end.result for end in ends)}")
        return taken

    async def forget_digests(self) -> None:
        """Let every reply be read anew, though its slots are known."""
        await self.stage.database.pool.execute("UPDATE emias_doctors SET digest = NULL")

    async def forget_slots(self) -> None:
        """Let every reply be the first."""
        await self.stage.database.pool.execute("TRUNCATE local_emias_slots")
        await self.forget_digests()


@asynccontextmanager
async def _clinic(stage: Stage, size: Size, doctors: int) -> AsyncIterator[_Clinic]:
    port = free_port()
    amounts = (size.latency, size.days, size.slots_a_day)
    emias = await stage.start("benchmarks.stand_in", str(port), *map(str, amounts))
    await stage.reachable(emias, port)
    await populate(stage.database, doctors)
    address = f"http://127.0.0.1:{port}/ScheduleService.svc"
    async with open_house(stage.settings(EMIAS_URL=address)) as house:
        with start_up_kept():
            yield _Clinic(stage, size, house, address)


async def measure_gaps(stage: Stage, size: Size) -> list[Figure]:
    """Watch the loop while one reply, then a whole clinic's, are read, parsed and written."""
    one: list[float] = []
    many: list[float] = []
    async with _clinic(stage, size, 1) as clinic:
        for _ in range(size.rounds):
            await clinic.forget_slots()
            with heartbeat() as heart:
                await clinic.read_all(1, expected=Result.CHANGED)
            one.append(heart.longest)
    async with _clinic(stage, size, size.doctors) as clinic:
        for _ in range(size.few_rounds):
            await clinic.forget_slots()
            with heartbeat() as heart:
                await clinic.read_all(size.doctors, expected=Result.CHANGED)
            many.append(heart.longest)
    return [
        Figure(
            f"longest gap of the event loop, one reply of {size.slots:,} slots read, parsed, written",
            "limit 25 ms",
            median(one) / _ONE_REPLY_MAY_TAKE,
            at_most(1),
        ),
        Figure(
            f"longest gap of the event loop, {size.doctors} doctors, {size.at_once} at once",
            "limit 100 ms",
            median(many) / _A_PASS_MAY_TAKE,
            at_most(1),
        ),
    ]


async def measure(stage: Stage, size: Size) -> list[Figure]:
    """Compare a first pass, one that finds nothing new, and one whose replies are the known ones."""
    async with _clinic(stage, size, size.doctors) as clinic:
        plain, is_php = await _plain_agent(clinic)
        await stage.database.pool.execute(PEER_TABLE)

        async def first() -> float:
            await clinic.forget_slots()
            return await clinic.read_all(size.doctors, expected=Result.CHANGED)

        async def unchanged() -> float:
            await clinic.forget_digests()
            return await clinic.read_all(size.doctors, expected=Result.UNCHANGED)

        async def plain_first() -> float:
            await stage.database.pool.execute("TRUNCATE peer_slots")
            return await plain()

        sides = {
            "first": first,
            "unchanged": unchanged,
            "digest": lambda: clinic.read_all(size.doctors, expected=Result.UNCHANGED),
            "plain_first": plain_first,
            "plain": plain,
        }
        await first()
        await plain_first()
        taken = await take_turns(size.few_rounds, sides, warm_ups=0)
    floor = math.ceil(size.doctors / size.at_once) * size.latency
    peer = "plain agent in PHP, one doctor after another" if is_php else "plain agent's loop in Python (no PHP here)"
    what = (
        f"sync {size.doctors} doctors × {size.slots:,} slots, {size.latency * 1000:g} ms a call, {size.at_once} at once"
    )
    return [
        Figure(f"{what}: first pass, times faster", peer, taken.ratio("plain_first", "first"), at_least(6)),
        Figure(f"{what}: nothing changed, times faster", peer, taken.ratio("plain", "unchanged"), at_least(8)),
        Figure(f"{what}: the same reply, times faster", peer, taken.ratio("plain", "digest"), at_least(15)),
        Figure(
            f"{what}: the same reply",
            f"latency floor {floor:g} s, one call a doctor",
            taken.middle("digest") / floor,
            at_most(1.3),
        ),
    ]


async def _plain_agent(clinic: _Clinic) -> tuple[Callable[[], Awaitable[float]], bool]:
    """Choose real PHP where it is to be had; tell whether it is."""
    stage, size = clinic.stage, clinic.size
    first, last = today(), today() + timedelta(days=size.days - 1)
    doctors = [doctor_ref(number).emias_doctor_id for number in range(size.doctors)]
    php = await find_php("soap", "pdo_pgsql")
    if php is None:
        return lambda: plain_pass(stage.database_url, clinic.address, first, last, doctors), False
    words = [clinic.address, str(wsdl_file()), str(first), str(last), ",".join(doctors)]

    async def in_php() -> float:
        process = await stage.start_program(
            [php, str(_LOOP_SCRIPT), *words], "php", {"PEER_DSN": pdo_dsn(stage.database_url)}
        )
        return float((await stage.result(process))["seconds"])

    return in_php, True
