"""An alert: one trouble of one subject, from the first sign of it to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Alert", "AlertState", "Figure", "Finding", "Rule", "Severity"]

Figure = str | int | float


class Severity(StrEnum):
    """How soon somebody has to act: one day, in working hours, at once."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Order them, the gravest last."""
        return list(Severity).index(self)


class AlertState(StrEnum):
    """Pending until the trouble has lasted; dropped when it has not."""

    PENDING = "pending"
    OPEN = "open"
    CLOSED = "closed"
    DROPPED = "dropped"


class Rule(StrEnum):
    """What counts as trouble."""

    WORKER_SILENT = "worker_silent"
    GATEWAY_SILENT = "gateway_silent"
    BREAKER_OPEN = "breaker_open"
    SUCCESS_LOW = "success_low"
    IN_DOUBT = "in_doubt"
    MANUAL_WAITING = "manual_waiting"
    CERTIFICATE = "certificate"
    TAKEN_AFTER_HOLD = "taken_after_hold"
    SYNC_LAG = "sync_lag"
    QUARANTINE = "quarantine"
    LIST_REFUSED = "list_refused"
    RETENTION_OVERDUE = "retention_overdue"
    ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says of a subject now; `is_bad` is None when it cannot tell.

    `step` grows as the trouble gets worse by a degree of which people are told anew. No figure is anybody's data.
    """

    rule: Rule
    subject: str
    is_bad: bool | None
    step: int = 0
    severity: Severity | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alert:
    """A trouble as it stands; `judged_at` is when a rule last could tell, `id` None until it is stored.

    `what` and `advice` are said in Russian and English, a line each; `panel` names the dashboard's part to look at.
    """

    rule: Rule
    subject: str
    severity: Severity
    state: AlertState
    bad_since: datetime
    last_seen: datetime
    judged_at: datetime
    step: int = 0
    good_since: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    is_overtaken: bool = False
    what: str = ""
    advice: str = ""
    panel: str = ""
    id: int | None = None
    is_open_written: bool = False
    is_close_written: bool = False
    is_told_open: bool = False
    muted_until: datetime | None = None
