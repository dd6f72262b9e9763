"""What the tables hold now, as figures for Prometheus; one process shows them for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gateway.store.engine import Database

__all__ = ["Stock", "take_stock"]

_STOCK: Final = """
SELECT
    (SELECT count(*) FROM bookings WHERE state IN ('in_doubt', 'cancel_in_doubt')) AS in_doubt,
    (SELECT count(*) FROM bookings WHERE state = 'manual') AS manual,
    (SELECT coalesce(extract(epoch FROM now() - min(doubted_at)), 0) FROM bookings
     WHERE state IN ('in_doubt', 'cancel_in_doubt', 'manual')) AS oldest_doubt,
    (SELECT count(*) FROM emias_doctors e
     WHERE EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id)
       AND (e.as_of IS NULL OR e.as_of < now() - 3 * make_interval(secs => e.interval_s))) AS lagging,
    (SELECT count(*) FROM emias_doctors e
     WHERE EXISTS (SELECT FROM bookable_mappings b WHERE b.emias_doctor = e.id)) AS doctors,
    (SELECT count(*) FROM doctor_mappings WHERE status <> 'mapped') AS mapping_problems,
    (SELECT count(*) FROM error_groups WHERE state = 'new') AS new_errors
"""


@dataclass(frozen=True, slots=True)
class Stock:
    """Rows of each kind; ages in seconds, 0 where there is no such row."""

    in_doubt: int
    manual: int
    oldest_doubt: float
    lagging: int
    doctors: int
    mapping_problems: int
    new_errors: int


async def take_stock(database: Database) -> Stock:
    """Count."""
    row = await database.pool.fetchrow(_STOCK)
    return Stock(
        in_doubt=row["in_doubt"],
        manual=row["manual"],
        oldest_doubt=float(row["oldest_doubt"]),
        lagging=row["lagging"],
        doctors=row["doctors"],
        mapping_problems=row["mapping_problems"],
        new_errors=row["new_errors"],
    )
