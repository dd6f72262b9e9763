"""Closed sets of values that the database checks and the admin offers."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "HoldState",
    "MappingOrigin",
    "MappingStatus",
    "PinnedField",
    "Scope",
    "SlotState",
    "SwitchKind",
    "SyncOutcome",
]


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


class PinnedField(StrEnum):
    """What an administrator may say of a doctor in the site's place."""

    NAME = "name"
    SPECIALTY_ID = "specialty_id"
    SPECIALTY_NAME = "specialty_name"
    SORT = "sort"
    IS_ACTIVE = "is_active"


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


class SwitchKind(StrEnum):
    """What an operator's switch stops: the sale on the site, every call to EMIAS, or what is sent again by itself."""

    SALE = "sale"
    CALLS = "calls"
    RETRIES = "retries"


class SyncOutcome(StrEnum):
    """What the worker tells of."""

    CHANGED = "changed"
    FAILED = "failed"
    QUARANTINED = "quarantined"
    MIRROR = "mirror"
    MIRROR_REFUSED = "mirror_refused"
