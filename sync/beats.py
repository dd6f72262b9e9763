"""What the worker tells of the whole installation, for the dashboard and for Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gateway.domain.circuit import Circuit, Lane
from gateway.ports import DueDoctor
from gateway.services.refresh import Refreshed, Result
from gateway.services.report import Report
from gateway.store.operations import Operations
from gateway.store.tables.choices import BeatKind, ErrorEnding
from sync.chores import Chore
from sync.signs import Signs

__all__ = ["Beats"]

_TELL_EVERY: Final = timedelta(seconds=5)
_COUNT_EVERY: Final = timedelta(seconds=15)
_TIDY_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Beats:
    """Asks the breakers that all replicas share, counts what the tables hold, and keeps both tidy."""

    operations: Operations
    report: Report
    signs: Signs

    def chores(self) -> list[Chore]:
        """List what is done again and again."""
        return [
            Chore("tell_beats", _TELL_EVERY, self.tell, self.signs),
            Chore("take_stock", _COUNT_EVERY, self.count, self.signs),
            Chore("tidy_operations", _TIDY_EVERY, self.operations.tidy, self.signs),
        ]

    def doctor_read(self, doctor: DueDoctor, refreshed: Refreshed) -> None:
        """Count the end of a doctor's read; a reply that was not believed is an error of the institution's."""
        self.signs.doctor_read(doctor, refreshed)
        if refreshed.result is Result.QUARANTINED:
            ref = doctor.ref
            self.operations.error_seen(
                ErrorEnding.QUARANTINED, "suspicious_reply", "get_schedule", ref.lpu_code, ref.emias_doctor_id
            )

    async def tell(self) -> int:
        """Say how every circuit stands and how many loops are silent; return the number of circuits."""
        circuits = [Circuit(lpu_code, lane) for lpu_code in await self.operations.institutions() for lane in Lane]
        for circuit in circuits:
            self.operations.breaker_seen(circuit, await self.report.breaker.state(circuit))
        silent = self.signs.silent()
        self.operations.tell(BeatKind.SILENT_LOOPS, len(silent), note=", ".join(silent))
        return len(circuits)

    async def count(self) -> int:
        """Count what the tables hold and return the number of bookings that wait for an end."""
        stock = await self.operations.stock()
        self.signs.stock_taken(stock)
        return stock.in_doubt + stock.manual
