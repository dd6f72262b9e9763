"""Read EMIAS for a person: a doctor's schedule into the table, or a mapping's without writing anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.domain.errors import EmiasFailure
from gateway.domain.moscow import as_moscow
from gateway.domain.schedule import EmiasDoctorRef, ScheduleWindow
from gateway.domain.wish import Ending, Later, Said, Wish
from gateway.ports import CaseBook, Clock, Emias
from gateway.services.refresh import Refresh, Refreshed, Result

__all__ = ["Reading"]

_AWHILE: Final = timedelta(seconds=3)
_PATIENT_TRIES: Final = 4
_UNKNOWN: Final = Said("такого врача или связи нет", "there is no such doctor or mapping")
_ELSEWHERE: Final = Said("расписание читает другой работник, ждём", "another worker reads the schedule, waiting")
_NOT_OFFERED: Final = Said(
    "расписание не читается: врач не связан, скрыт или запись в ЛПУ закрыта",
    "the schedule is not read: the doctor is not mapped, hidden, or the LPU is closed",
)
_READ: Final = {
    Result.UNCHANGED: Said("прочитано, изменений нет", "read, nothing new"),
    Result.QUARANTINED: Said(
        "прочитано, но не принято: пропало слишком много; третье такое чтение подряд примем",
        "read and not believed: too much has gone; the third such read in a row is believed",
    ),
    Result.LEASE_LOST: Said("прочитал другой работник", "another worker has read it"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """Both reads go through the budget and the breaker as the worker's own do."""

    cases: CaseBook
    emias: Emias
    refresh: Refresh
    clock: Clock

    async def refresh_doctor(self, wish: Wish) -> Ending | Later:
        """Read the schedule of an EMIAS doctor now."""
        doctor = await self.cases.doctor(int(wish.subject))
        if doctor is None:
            return Ending.refused(_UNKNOWN)
        refreshed = await self.refresh.now(doctor)
        if refreshed is None:
            return Later(_AWHILE, _ELSEWHERE) if wish.tries < _PATIENT_TRIES else Ending.refused(_NOT_OFFERED)
        return _told(refreshed)

    async def test_mapping(self, wish: Wish) -> Ending:
        """Ask EMIAS for the schedule where a mapping leads, and tell what came; nothing is written."""
        doctor = await self.cases.mapping(int(wish.subject))
        if doctor is None:
            return Ending.refused(
                Said("связь не называет врача известного ЛПУ", "the mapping names no doctor of a known LPU")
            )
        try:
            window = await self._window(doctor)
        except EmiasFailure as failure:
            return _unread(failure.cause.value, failure.code)
        free = sorted(slot.starts_at for slot in window.slots if slot.is_free and slot.starts_at > self.clock.now())
        name = window.hint.name
        first = f"{as_moscow(free[0]):%d.%m.%Y %H:%M}" if free else "—"
        called = f" «{name}»" if name else ""
        return Ending.done(
            Said(
                f"ЕМИАС знает этого врача{called}: свободно {len(free)}, первое время {first}",
                f"EMIAS knows this doctor{called}: {len(free)} free, the first at {first}",
            ),
            free=len(free),
            listed=len(window.slots),
            first=free[0].isoformat() if free else None,
            name=name,
        )

    async def _window(self, doctor: EmiasDoctorRef) -> ScheduleWindow:
        first = self.clock.now().date()
        last = first + timedelta(days=self.emias.capabilities(doctor.lpu_code).horizon_days - 1)
        window = await self.emias.get_schedule(doctor, first, last)
        if not isinstance(window, ScheduleWindow):
            raise TypeError("unchanged, though no digest was given")
        return window


def _told(refreshed: Refreshed) -> Ending:
    if refreshed.result is Result.FAILED:
        return _unread(refreshed.cause or "", None)
    written = refreshed.written
    if refreshed.result is Result.CHANGED and written is not None:
        new, gone = written.inserted + written.updated, written.closed
        said = Said(f"прочитано: изменено {new}, снято {gone}", f"read: {new} changed, {gone} closed")
        return Ending.done(said, changed=new, closed=gone)
    return Ending.done(_READ[refreshed.result], result=refreshed.result.value)


def _unread(cause: str, code: str | None) -> Ending:
    shown = f"{cause}, {code}" if code else cause
    return Ending.failed(
        Said(f"ЕМИАС не отдала расписание ({shown})", f"EMIAS gave no schedule ({shown})"), cause=cause
    )
