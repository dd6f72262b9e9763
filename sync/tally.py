"""What one pass over the doctors brought, and how it is told to the person who ran it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich import box
from rich.table import Table

from gateway.ports import DueDoctor
from gateway.services.refresh import Refreshed, Result

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Counts of a pass; a doctor that fell due twice within it is counted once, by its last read."""

    results: dict[int, Refreshed] = field(default_factory=dict)

    def note(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        """Count a doctor's read."""
        self.results[doctor.row_id] = refreshed

    @property
    def doctors(self) -> int:
        """How many doctors were read, well or not."""
        return len(self.results)

    @property
    def failed(self) -> int:
        """How many of them brought nothing."""
        return sum(refreshed.result is Result.FAILED for refreshed in self.results.values())

    @property
    def slots(self) -> Counter[str]:
        """Rows of the slot table by what was done to them."""
        rows: Counter[str] = Counter()
        for refreshed in self.results.values():
            if refreshed.written is not None:
                written = refreshed.written
                rows.update(inserted=written.inserted, updated=written.updated, closed=written.closed)
        return rows

    def lines(self, seconds: float) -> Iterator[tuple[str, str]]:
        """Yield every count with its meaning."""
        ends = Counter(refreshed.result for refreshed in self.results.values())
        causes = Counter(refreshed.cause for refreshed in self.results.values() if refreshed.cause)
        slots = self.slots
        yield "врачей прочитано / doctors read", str(self.doctors)
        yield "без изменений / unchanged", str(ends[Result.UNCHANGED])
        yield "изменились / changed", str(ends[Result.CHANGED])
        yield "не приняты с первого раза / quarantined", str(ends[Result.QUARANTINED])
        yield "перехвачены другим процессом / lease lost", str(ends[Result.LEASE_LOST])
        yield "с ошибкой / failed", str(self.failed)
        for cause, count in causes.most_common():
            yield f"  {cause}", str(count)
        yield "слотов добавлено / slots inserted", str(slots["inserted"])
        yield "слотов изменено / slots updated", str(slots["updated"])
        yield "слотов закрыто / slots closed", str(slots["closed"])
        yield "секунд / seconds", f"{seconds:.1f}"

    def table(self, seconds: float) -> Table:
        """Lay the counts out for a terminal."""
        table = Table(box=box.SIMPLE, show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for meaning, count in self.lines(seconds):
            table.add_row(meaning, count)
        return table
