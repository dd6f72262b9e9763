"""Closed sets of values that the database checks and the admin offers."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AlertMessageKind",
    "AlertStanding",
    "BeatKind",
    "CallLane",
    "ErrorEnding",
    "ErrorState",
    "HoldState",
    "MappingOrigin",
    "MappingStatus",
    "PinnedField",
    "Process",
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


class Process(StrEnum):
    """Who tells of itself."""

    GATEWAY = "gateway"
    SYNC = "sync"


class BeatKind(StrEnum):
    """What a process tells.

    That it lives, how many of its loops do not turn, how its breakers stand (0 closed to 3 open), the calls a second
    that an institution grants, and the instant at which our certificate ends.
    """

    ALIVE = "alive"
    SILENT_LOOPS = "silent_loops"
    BREAKER_BOOKINGS = "breaker_bookings"
    BREAKER_READS = "breaker_reads"
    BUDGET_RATE = "budget_rate"
    CERTIFICATE_ENDS = "certificate_ends"


class CallLane(StrEnum):
    """What requests to EMIAS were for."""

    BOOKINGS = "bookings"
    READS = "reads"


class ErrorEnding(StrEnum):
    """How a call ended badly: read without result, surely not sent, of unknown outcome, broken in us, not believed."""

    FAILED = "failed"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"
    BROKEN = "broken"
    QUARANTINED = "quarantined"


class ErrorState(StrEnum):
    """What people have made of an error group."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    MUTED = "muted"


class AlertStanding(StrEnum):
    """Where a trouble stands."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"


class AlertMessageKind(StrEnum):
    """Of alerts, or a test that somebody asked for."""

    ALERTS = "alerts"
    TEST = "test"
