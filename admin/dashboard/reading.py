"""Read the dashboard's figures: one snapshot, one connection, no row of a patient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from admin.dashboard import queries
from gateway.domain.retention import Standing
from gateway.store.alert_desk import AlertDesk, WatchStanding
from gateway.store.engine import Database
from gateway.store.retention import read_standings

__all__ = ["Figures", "Window", "read_figures"]

Rows = Sequence[Mapping[str, Any]]


class Window(Enum):
    """A span of time back from now, and the seconds of one step of its charts."""

    HOUR = ("1h", 3600, 120)
    DAY = ("24h", 86_400, 1800)
    WEEK = ("7d", 604_800, 10_800)

    def __init__(self, code: str, seconds: int, step: int) -> None:
        self.code = code
        self.seconds = seconds
        self.step = step

    @classmethod
    def of(cls, code: str | None) -> Window:
        """Find a window by its code; the hour where there is none such."""
        return next((window for window in cls if window.code == code), cls.HOUR)

    @property
    def span(self) -> timedelta:
        """Return its length."""
        return timedelta(seconds=self.seconds)

    def steps(self, now: datetime) -> range:
        """Number the steps, the one that runs now being the last."""
        last = int(now.timestamp()) // self.step
        return range(last - self.seconds // self.step + 1, last + 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tables say, row by row, as of `now` by the database's clock."""

    window: Window
    now: datetime
    institutions: Rows
    beats: Rows
    doubts: Rows
    calls: Rows
    doctors: Rows
    errors: Rows
    holds: Rows
    bookings: Rows
    mappings: Rows
    retention: Sequence[Standing]
    watch: WatchStanding
    rest: Mapping[str, Any]


async def read_figures(database: Database, window: Window) -> Figures:
    """Ask everything of one instant; writers are not disturbed."""
    async with (
        database.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        rest = await connection.fetchrow(queries.REST)
        return Figures(
            window=window,
            now=rest["now"],
            institutions=await connection.fetch(queries.INSTITUTIONS),
            beats=await connection.fetch(queries.BEATS),
            doubts=await connection.fetch(queries.DOUBTS),
            calls=await connection.fetch(queries.CALLS, window.span, window.step),
            doctors=await connection.fetch(queries.DOCTORS),
            errors=await connection.fetch(queries.ERRORS, window.span),
            holds=await connection.fetch(queries.HOLDS, window.span),
            bookings=await connection.fetch(queries.BOOKINGS, window.span, window.step),
            mappings=await connection.fetch(queries.MAPPINGS),
            retention=await read_standings(connection),
            watch=await AlertDesk(database).standing(connection),
            rest=rest,
        )
