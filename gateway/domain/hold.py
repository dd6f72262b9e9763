"""The five-minute soft hold on a slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gateway.domain.directory import FreeSlot

__all__ = ["HOLD_FOR", "MAX_RENEWALS", "Hold", "Holder"]

HOLD_FOR: Final = timedelta(minutes=5)
MAX_RENEWALS: Final = 2


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose hold it is: the site's key, and the site's opaque name for the visitor (None when it sends none)."""

    site_id: int
    api_key_id: str
    client_ref: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A slot kept for one visitor until `expires_at`, by the database's clock."""

    id: UUID
    slot: FreeSlot
    expires_at: datetime
    renewals_left: int
    verified: bool
