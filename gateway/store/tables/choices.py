"""Closed sets of values that the database checks and the admin offers."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["HoldState", "MappingOrigin", "MappingStatus", "Scope", "SlotState", "SyncOutcome"]


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"
    BOOK = "book"
    EVENTS = "events"
    IDENTITY = "identity"


class MappingOrigin(StrEnum):
    """Who wrote a mapping; the mirror never touches an administrator's."""

    BITRIX = "bitrix"
    ADMIN = "admin"


class MappingStatus(StrEnum):
    """Whether a mapping leads to an EMIAS doctor."""

    MAPPED = "mapped"
    UNMAPPED = "unmapped"
    CONFLICT = "conflict"


class SlotState(StrEnum):
    """A slot as EMIAS last showed it; closed when it is no longer listed."""

    FREE = "free"
    BUSY = "busy"
    CLOSED = "closed"


class HoldState(StrEnum):
    """Where a hold stands."""

    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    SPENT = "spent"


class SyncOutcome(StrEnum):
    """What the worker tells of."""

    CHANGED = "changed"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    MIRROR = "mirror"
    MIRROR_REFUSED = "mirror_refused"
