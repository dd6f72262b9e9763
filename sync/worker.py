"""The worker process: six kinds of loops, and a clean end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

import structlog

from gateway.serving import Listener, serve, stop_on_signals
from gateway.settings import Settings
from gateway.wiring import House, open_house
from sync.beats import Beats
from sync.chores import Chore, chores_of
from sync.disclosures import disclosure_chores
from sync.doubts import ResolveDoubts
from sync.health import make_health_app
from sync.mirroring import KeepMirror
from sync.readers import Readers
from sync.rereading import KeepPushed
from sync.retention import KeepDeadlines
from sync.schedules import ReadSchedules
from sync.signs import Signs
from sync.wishes import CarryOutWishes, watch_wishes

__all__ = ["run_forever", "run_worker"]

_GRACE: Final = timedelta(seconds=40)
_RECOVER_EVERY: Final = timedelta(seconds=3)
_WATCH_EVERY: Final = timedelta(seconds=15)
_Loop = ReadSchedules | ResolveDoubts | CarryOutWishes | KeepMirror | KeepPushed | Chore
_log = structlog.stdlib.get_logger("sync.worker")


async def run_forever(settings: Settings) -> int:
    """Work until SIGTERM or SIGINT, with probes and metrics on the internal port."""
    stop = stop_on_signals()
    async with open_house(settings, "sync") as house:
        registry = house.metrics.registry
        signs = Signs(registry)
        app = make_health_app(signs, registry)
        listener = Listener(app, settings.internal_host, settings.sync_internal_port, "SYNC_INTERNAL_PORT")
        serving = asyncio.create_task(serve([listener], stop))
        serving.add_done_callback(lambda _: stop.set())
        _log.info("sync_started", places=settings.sync_workers, port=settings.sync_internal_port)
        await run_worker(house, stop, signs)
        await serving
    _log.info("sync_stopped")
    return 0


async def run_worker(house: House, stop: asyncio.Event, signs: Signs, grace: timedelta = _GRACE) -> None:
    """Run the loops until `stop`; what is under way then may take `grace` to end.

    A loop that breaks, which each of them should bear itself, ends them all: the process is to be started anew.
    """
    loops = {asyncio.create_task(work.run(stop), name=type(work).__name__) for work in _loops_of(house, signs)}
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({*loops, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        _, late = await asyncio.wait(loops, timeout=grace.total_seconds())
        if late:
            _log.warning("loops_cut_short", loops=sorted(task.get_name() for task in late))
    finally:
        stopping.cancel()
        for task in loops:
            task.cancel()
        ends = await asyncio.gather(*loops, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


def _loops_of(house: House, signs: Signs) -> list[_Loop]:
    wake = asyncio.Event()
    settings = house.settings
    beats = Beats(house.operations, house.report, signs)
    readers = Readers(
        house.sync_book, house.refresh, settings.sync_workers, settings.emias_concurrency, beats.doctor_read
    )
    abandoned_after = timedelta(seconds=settings.abandoned_after)
    loops: list[_Loop] = [
        ReadSchedules(house.sync_book, readers, house.clock, wake, signs),
        ResolveDoubts(house.resolve, settings.sync_workers, max(1, settings.emias_concurrency // 2), signs),
        CarryOutWishes(house.wishes, house.changes, settings.sync_workers, signs),
        Chore("watch_wishes", _WATCH_EVERY, lambda: watch_wishes(house.wishes.book, signs), signs),
        Chore("recover_abandoned", _RECOVER_EVERY, lambda: house.resolve.recover(abandoned_after), signs),
        *chores_of(house.housekeeping, signs),
        *beats.chores(),
        *KeepDeadlines(house.retention, signs).chores(),
        *disclosure_chores(house.disclosures, signs),
    ]
    if house.mirror is not None:
        every = timedelta(seconds=settings.mirror_every)
        loops.append(KeepMirror(house.mirror, house.housekeeping, every, wake, signs))
    if house.reread is not None:
        loops.append(KeepPushed(house.reread, wake, signs))
    return loops
