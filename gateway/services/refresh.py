"""Read one doctor's schedule from EMIAS into the local table."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import structlog

from gateway.domain.diff import diff_slots, is_suspicious
from gateway.domain.errors import EmiasFailure
from gateway.domain.pace import Pace
from gateway.domain.retry import was_asked
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow, Unchanged
from gateway.ports import Clock, DueDoctor, Emias, SyncBook, Written
from gateway.services.under_way import UnderWay

__all__ = ["Refresh", "Refreshed", "Result"]

_READS_BEFORE_BELIEF: Final = 3
_log = structlog.stdlib.get_logger("gateway.refresh")


class Result(StrEnum):
    """How the read of one doctor ended."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    QUARANTINED = "quarantined"
    FAILED = "failed"
    LEASE_LOST = "lease_lost"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """The report on one doctor's read: what was written, or the cause of a failure."""

    result: Result
    written: Written | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Refresh:
    """Digest, diff, least write; a doctor's failure is that doctor's alone."""

    emias: Emias
    book: SyncBook
    clock: Clock
    pace: Pace
    lease: timedelta
    under_way: UnderWay
    _on_demand: dict[EmiasDoctorRef, asyncio.Task[bool]] = field(default_factory=dict)

    async def due(self, doctor: DueDoctor) -> Refreshed:
        """Read a leased doctor; every end, good or bad, is written to the due list."""
        first = self.clock.now().date()
        last = first + timedelta(days=self.emias.capabilities(doctor.ref.lpu_code).horizon_days - 1)
        try:
            answer = await self.emias.get_schedule(doctor.ref, first, last, known_digest=doctor.digest)
        except EmiasFailure as failure:
            return await self._failed(doctor, failure)
        if isinstance(answer, Unchanged):
            kept = await self.book.unchanged(doctor, self.pace.after_rest(doctor.interval))
            return Refreshed(Result.UNCHANGED if kept else Result.LEASE_LOST)
        return await self._write(doctor, answer, first)

    async def _write(self, doctor: DueDoctor, window: ScheduleWindow, today: date) -> Refreshed:
        known = await self.book.known_slots(doctor, window.covered_from, window.covered_to)
        if doctor.quarantined + 1 < _READS_BEFORE_BELIEF and is_suspicious(known, window, today):
            free = sum(row.is_free for row in known)
            await self.book.quarantine(doctor, window, free, self.pace.after_failure(doctor.quarantined, None))
            _log.warning("schedule_quarantined", lpu_code=doctor.ref.lpu_code, emias_doctor=doctor.row_id)
            return Refreshed(Result.QUARANTINED)
        diff = diff_slots(known, window)
        moved = bool(diff.insert or diff.update or diff.close)
        next_after = self.pace.after_change(doctor.interval) if moved else self.pace.after_rest(doctor.interval)
        written = await self.book.write(doctor, window, diff, next_after)
        if written is None:
            return Refreshed(Result.LEASE_LOST)
        return Refreshed(Result.CHANGED if moved else Result.UNCHANGED, written)

    async def _failed(self, doctor: DueDoctor, failure: EmiasFailure) -> Refreshed:
        if not was_asked(failure.cause):
            await self.book.postpone(doctor, self.pace.after_failure(0, failure.retry_after))
            return Refreshed(Result.FAILED, cause=failure.cause.value)
        next_after = self.pace.after_failure(doctor.failures, failure.retry_after)
        await self.book.failed(doctor, failure.cause, failure.code, next_after)
        _log.warning(
            "schedule_read_failed",
            lpu_code=doctor.ref.lpu_code,
            emias_doctor=doctor.row_id,
            cause=failure.cause.value,
            http_status=failure.http_status,
            code=failure.code,
        )
        return Refreshed(Result.FAILED, cause=failure.cause.value)

    async def one(self, doctor: EmiasDoctorRef, within: timedelta) -> bool:
        """Read one doctor on demand, once for all who ask; True when a fresh schedule is in the table in time.

        A read that takes longer goes on by itself.
        """
        task = self._on_demand.get(doctor)
        if task is None:
            task = self.under_way.begin(self._claimed(doctor))
            self._on_demand[doctor] = task
            task.add_done_callback(lambda _: self._on_demand.pop(doctor, None))
        done, _ = await asyncio.wait({task}, timeout=within.total_seconds())
        return task in done and task.exception() is None and task.result()

    async def _claimed(self, doctor: EmiasDoctorRef) -> bool:
        refreshed = await self.now(doctor)
        return refreshed is not None and refreshed.result in {Result.CHANGED, Result.UNCHANGED}

    async def now(self, doctor: EmiasDoctorRef) -> Refreshed | None:
        """Read one doctor at once; None when another reads the schedule, or nobody may book from it."""
        leased = await self.book.claim(doctor, self.lease)
        return None if leased is None else await self.due(leased)
