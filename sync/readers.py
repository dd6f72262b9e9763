"""Read leased doctors, so many at once; whatever befalls one of them touches no other."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from gateway.domain.outcomes import Cause
from gateway.ports import DueDoctor, SyncBook
from gateway.services.refresh import Refresh, Refreshed, Result

__all__ = ["Readers", "Report"]

Report = Callable[[DueDoctor, Refreshed], None]
_OF_THE_LEASE: Final = 0.9
_log = structlog.stdlib.get_logger("sync.schedules")


@dataclass(frozen=True, slots=True)
class Readers:
    """The doctors being read now, `places` at most, `at_once` of one institution; each end is told to `report`.

    More of one institution would only wait for its calls, in places that other institutions need.
    """

    book: SyncBook
    refresh: Refresh
    places: int
    at_once: int
    report: Report
    _running: dict[asyncio.Task[None], str] = field(default_factory=dict)

    @property
    def running(self) -> Collection[asyncio.Task[Any]]:
        """The reads under way."""
        return self._running.keys()

    @property
    def free(self) -> int:
        """How many more may begin; a doctor is leased only when its read can begin at once."""
        return self.places - len(self._running)

    async def claim(self) -> int:
        """Begin to read as many due doctors as there are free places; return how many those were."""
        if not self.free:
            return 0
        running = Counter(self._running.values())
        due = await self.book.claim_due(self.free, self.refresh.lease, at_once=self.at_once, running=running)
        for doctor in due:
            self.begin(doctor)
        return len(due)

    def begin(self, doctor: DueDoctor) -> None:
        """Begin to read a leased doctor."""
        task = asyncio.create_task(self._read(doctor))
        self._running[task] = doctor.ref.lpu_code
        task.add_done_callback(self._running.pop)

    async def drain(self) -> None:
        """Wait for the reads under way; when this is cancelled they are cut short, and their leases run out."""
        while self._running:
            await asyncio.wait(self.running)

    async def cut(self) -> None:
        """End the reads under way at once."""
        cut = list(self._running)
        for task in cut:
            task.cancel()
        await asyncio.gather(*cut, return_exceptions=True)

    async def _read(self, doctor: DueDoctor) -> None:
        deadline = asyncio.timeout(self.refresh.lease.total_seconds() * _OF_THE_LEASE)
        try:
            async with deadline:
                refreshed = await self.refresh.due(doctor)
        except Exception as fault:  # noqa: BLE001 - one doctor's failure is that doctor's alone
            cause = Cause.TIMEOUT if deadline.expired() else Cause.INTERNAL
            refreshed = await self._note_failure(doctor, cause, fault)
        self.report(doctor, refreshed)

    async def _note_failure(self, doctor: DueDoctor, cause: Cause, fault: Exception) -> Refreshed:
        kind = type(fault).__name__
        _log.error(
            "schedule_read_broke",
            lpu_code=doctor.ref.lpu_code,
            emias_doctor=doctor.row_id,
            cause=cause.value,
            fault=kind,
            exc_info=fault,
        )
        try:
            next_after = self.refresh.pace.after_failure(doctor.failures, None)
            await self.book.failed(doctor, cause, kind, next_after)
        except Exception as second:  # noqa: BLE001 - then the lease's end brings the doctor back
            _log.error("failure_not_recorded", emias_doctor=doctor.row_id, fault=type(second).__name__)
        return Refreshed(Result.FAILED, cause=cause.value)
