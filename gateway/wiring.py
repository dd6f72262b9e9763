"""The composition root: which adapter serves which need. Doors call `open_house` and use what it yields."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.ports import Changes, Clock, Housekeeping, IdempotencyBook, KeyRing, SyncBook
from gateway.services.book import Book
from gateway.services.browse import Browse
from gateway.services.cancel import Cancel
from gateway.services.hold import HoldSlot
from gateway.services.mirror import MirrorDoctors
from gateway.services.refresh import Refresh
from gateway.services.report import Report
from gateway.settings import Settings

__all__ = ["House"]


@dataclass(frozen=True, slots=True)
class House:
    """Everything that a door may use, ready for work."""

    settings: Settings
    clock: Clock
    keys: KeyRing
    changes: Changes
    idempotency: IdempotencyBook
    sync_book: SyncBook
    housekeeping: Housekeeping
    browse: Browse
    hold: HoldSlot
    book: Book
    cancel: Cancel
    report: Report
    refresh: Refresh
    mirror: MirrorDoctors | None
