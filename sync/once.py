"""`emias-gateway sync once`: one mirror pass and one read of every doctor, or of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from rich.console import Console

from gateway.domain.errors import MirrorRefused
from gateway.domain.schedule import EmiasDoctorRef
from gateway.settings import Settings
from gateway.wiring import House, open_house
from sync.board import Board, make_board
from sync.pacing import wait_for_any
from sync.readers import Readers
from sync.tally import Tally

__all__ = ["SyncOnce", "run_once"]


async def run_once(settings: Settings, doctor: str | None) -> int:
    """Do it and tell the exit status: 1 when the mirror or any doctor failed; `doctor` is `LPU/ID`."""
    async with open_house(settings) as house:
        return await SyncOnce(house, Console()).run(doctor)


@dataclass(frozen=True, slots=True)
class SyncOnce:
    """One pass, shown on a console; a worker that runs beside it shares the work and is not disturbed."""

    house: House
    console: Console
    tally: Tally = field(default_factory=Tally)

    async def run(self, doctor: str | None) -> int:
        """Mirror, read, tell; return the exit status."""
        begun = monotonic()
        wanted = None if doctor is None else _parsed(doctor)
        if doctor is not None and wanted is None:
            self._say("ожидается КОД_ЛПУ/ID врача / expected LPU/ID of a doctor")
            return 1
        mirrored = await self._mirror()
        board = make_board(self.console, self.tally)
        house, settings = self.house, self.house.settings
        readers = Readers(
            house.sync_book, house.refresh, settings.sync_workers, settings.emias_concurrency, board.doctor_read
        )
        try:
            whole = await (self._read_all(readers, board) if wanted is None else self._read_one(readers, board, wanted))
        finally:
            await readers.cut()
        board.end(monotonic() - begun)
        return 0 if mirrored and whole and not self.tally.failed else 1

    async def _mirror(self) -> bool:
        mirror = self.house.mirror
        if mirror is None:
            self._say("лента врачей не настроена / no doctor list is set: BITRIX_FEED_URL, BITRIX_WEBHOOK_URL")
            return True
        try:
            async with self.house.housekeeping.mirror_turn(mirror.site_id, timedelta()) as ours:
                if not ours:
                    self._say("список врачей сейчас читает другой процесс / another process mirrors the doctors now")
                    return True
                done = await mirror.run()
        except MirrorRefused as refusal:
            self._say(f"список врачей не принят / the doctor list was not believed: {refusal.reason}")
            return False
        self._say(
            f"список врачей / doctors: новых / added {done.added}, изменено / changed {done.changed}, "
            f"пропало / missing {done.missing}, скрыто / removed {done.removed}, "
            f"не сопоставлено / unmapped {done.unmapped}"
        )
        return True

    async def _read_all(self, readers: Readers, board: Board) -> bool:
        total = await self.house.sync_book.all_due_now()
        with board.begin(total):
            while self.tally.doctors < total:
                claimed = await readers.claim()
                if not claimed and not readers.running:
                    break
                await wait_for_any(tasks=readers.running)
            await readers.drain()
        if self.tally.doctors < total:
            left = total - self.tally.doctors
            self._say(f"остальных читает работающий sync / left to a running worker: {left}")
        return True

    async def _read_one(self, readers: Readers, board: Board, wanted: EmiasDoctorRef) -> bool:
        leased = await self.house.sync_book.claim(wanted, self.house.refresh.lease)
        if leased is None:
            self._say("врач неизвестен или сейчас читается / the doctor is unknown, or is being read now")
            return False
        with board.begin(1):
            readers.begin(leased)
            await readers.drain()
        return True

    def _say(self, line: str) -> None:
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


def _parsed(doctor: str) -> EmiasDoctorRef | None:
    lpu_code, _, emias_doctor_id = doctor.partition("/")
    return EmiasDoctorRef(lpu_code, emias_doctor_id) if lpu_code and emias_doctor_id else None
