"""Show a pass while it runs: a bar on a terminal, plain lines anywhere else."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from gateway.ports import DueDoctor
from gateway.services.refresh import Refreshed, Result
from sync.tally import Tally

__all__ = ["Board", "make_board"]

_LINES: Final = 10


class Board(Protocol):
    """Where the progress of a pass is shown."""

    def begin(self, total: int) -> AbstractContextManager[object]:
        """Open the board for so many doctors."""

    def doctor_read(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        """Show that a doctor's read has ended."""

    def end(self, seconds: float) -> None:
        """Show the summary."""


def make_board(console: Console, tally: Tally) -> Board:
    """Choose the board that fits where the output goes; it keeps the tally too."""
    return _Bar(console, tally) if console.is_terminal else _Lines(console, tally)


class _Bar:
    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("ошибок / failed {task.fields[failed]}, слотов / slots {task.fields[slots]}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._bar = self._progress.add_task("Врачи / doctors", total=None, failed=0, slots=0)

    def begin(self, total: int) -> AbstractContextManager[object]:
        self._progress.update(self._bar, total=total)
        return self._progress

    def doctor_read(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        self._tally.note(doctor, refreshed)
        if refreshed.result is Result.FAILED:
            self._progress.console.print(_failure(doctor, refreshed), markup=False, highlight=False)
        self._progress.update(
            self._bar, completed=self._tally.doctors, failed=self._tally.failed, slots=self._tally.slots.total()
        )

    def end(self, seconds: float) -> None:
        self._console.print(self._tally.table(seconds))


class _Lines:
    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally
        self._total = 0

    def begin(self, total: int) -> AbstractContextManager[object]:
        self._total = total
        self._say(f"врачей к чтению / doctors to read: {total}")
        return nullcontext()

    def doctor_read(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        before = self._tally.doctors
        self._tally.note(doctor, refreshed)
        if refreshed.result is Result.FAILED:
            self._say(_failure(doctor, refreshed))
        done = self._tally.doctors
        if self._total and done * _LINES // self._total > before * _LINES // self._total:
            self._say(f"прочитано / read: {done} / {self._total}, с ошибкой / failed: {self._tally.failed}")

    def end(self, seconds: float) -> None:
        for meaning, count in self._tally.lines(seconds):
            self._say(f"{meaning}: {count}")

    def _say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)


def _failure(doctor: DueDoctor, refreshed: Refreshed) -> str:
    ref = doctor.ref
    return f"не прочитан / failed: {ref.lpu_code}/{ref.emias_doctor_id}: {refreshed.cause}"
