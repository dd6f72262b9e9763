"""Roles: what each may do, which table each reads and changes, and which address asks for what.

Everything that is not listed here is refused, to everybody. `gatehouse.py` asks this table before a request reaches
its page; Piccolo's own checks of tables (`guards.py`) and the pages' buttons ask it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

__all__ = [
    "GRANTS",
    "ROLES",
    "RULES",
    "TABLES",
    "WISHES",
    "Act",
    "Door",
    "Role",
    "Rule",
    "Touch",
    "may",
    "may_touch",
    "may_wish",
    "role_of",
    "rule_of",
]


class Role(StrEnum):
    """Who a user of the admin is."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLES: Final = MappingProxyType(
    {
        Role.VIEWER: "наблюдатель",
        Role.OPERATOR: "оператор",
        Role.ADMINISTRATOR: "администратор",
        Role.AUDITOR: "аудитор",
    }
)
"""What each role is called in Russian."""


class Act(StrEnum):
    """What somebody may or may not do."""

    SEE = "see"  # the dashboard, and tables without keys, users and audit
    SEE_ACCESS = "see_access"  # API keys without their secrets, users
    SEE_AUDIT = "see_audit"
    EXPORT_AUDIT = "export_audit"
    WISH = "wish"  # ask the worker for anything; for what, `WISHES` tells
    DECIDE_BOOKING = "decide_booking"  # resolve, cancel, retry
    RETRY_MANY = "retry_many"  # bulk retries, and their pause
    FIND_PATIENT = "find_patient"  # bookings by a SNILS
    REVEAL = "reveal"  # one field of one patient
    SWITCH = "switch"  # sale, calls and retries of an institution
    REFRESH = "refresh"  # read a doctor's schedule now, test a mapping
    MARK_ERRORS = "mark_errors"  # acknowledge or mute error groups and alerts
    TEST_ALERTS = "test_alerts"
    MAP_DOCTORS = "map_doctors"  # mappings, also by file, and the site's that were corrected
    CORRECT_DOCTORS = "correct_doctors"  # block doctors, pin fields
    APPROVE_LIST = "approve_list"  # let a refused list hide doctors
    MANAGE_USERS = "manage_users"


_OPERATES: Final = frozenset(
    {Act.SEE, Act.WISH, Act.DECIDE_BOOKING, Act.RETRY_MANY, Act.FIND_PATIENT, Act.REVEAL, Act.SWITCH, Act.REFRESH}
    | {Act.MARK_ERRORS}
)
GRANTS: Final[Mapping[Role, frozenset[Act]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Act.SEE}),
        Role.OPERATOR: _OPERATES,
        Role.ADMINISTRATOR: frozenset(Act),
        Role.AUDITOR: frozenset({Act.SEE, Act.SEE_ACCESS, Act.SEE_AUDIT, Act.EXPORT_AUDIT}),
    }
)
"""What each role may do."""

WISHES: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "resolve_booked": Act.DECIDE_BOOKING,
        "resolve_absent": Act.DECIDE_BOOKING,
        "cancel_booking": Act.DECIDE_BOOKING,
        "retry_booking": Act.DECIDE_BOOKING,
        "retry_failed": Act.RETRY_MANY,
        "pause_retries": Act.RETRY_MANY,
        "resume_retries": Act.RETRY_MANY,
        "refresh_doctor": Act.REFRESH,
        "test_mapping": Act.REFRESH,
        "switch": Act.SWITCH,
        "approve_list": Act.APPROVE_LIST,
    }
)
"""What it takes to make a wish of a kind."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What it takes to read a table, and to change it by a method; a method that is not there is refused to all."""

    read: Act = Act.SEE
    change: Mapping[str, Act] = field(default_factory=dict)


def _changed_by(act: Act, *methods: str, read: Act = Act.SEE) -> Touch:
    return Touch(read, dict.fromkeys(methods, act))


_SEEN: Final = Touch()
TABLES: Final[Mapping[str, Touch]] = MappingProxyType(
    {
        "alert_messages": _SEEN,
        "alerts": _SEEN,
        "api_keys": Touch(Act.SEE_ACCESS),
        "audit_log": Touch(Act.SEE_AUDIT),
        "beats": _SEEN,
        "booking_history": _SEEN,
        "bookings": _SEEN,
        "doctor_mappings": _changed_by(Act.MAP_DOCTORS, "POST", "PATCH", "DELETE"),
        "doctor_pins": _changed_by(Act.CORRECT_DOCTORS, "POST", "PATCH", "DELETE"),
        "doctors": _changed_by(Act.CORRECT_DOCTORS, "PATCH"),
        "emias_doctors": _SEEN,
        "emias_minutes": _SEEN,
        "error_groups": _changed_by(Act.MARK_ERRORS, "PATCH"),
        "hint_drifts": _SEEN,
        "holds": _SEEN,
        "institutions": _changed_by(Act.SWITCH, "PATCH"),
        "local_emias_slots": _SEEN,
        "mapping_corrections": _changed_by(Act.MAP_DOCTORS, "DELETE"),
        "mirror_refusals": _SEEN,
        "piccolo_user": _changed_by(Act.MANAGE_USERS, "POST", "PATCH", "DELETE", read=Act.SEE_ACCESS),
        "sites": _SEEN,
        "switch_log": _SEEN,
        "sync_log": _SEEN,
        "wishes": _SEEN,
    }
)
"""Every table of the admin, by its name in the database."""


class Door(StrEnum):
    """Who may pass where no single act is asked for."""

    CLOSED = "closed"  # nobody: what Piccolo brings and we do without
    OPEN = "open"  # anybody, without a login
    FIRST = "first"  # whoever is logged in, even before one-time codes are set up
    OWN = "own"  # whoever is logged in: one's own account
    TABLE = "table"  # as `TABLES` says of the table in the address


@dataclass(frozen=True, slots=True)
class Rule:
    """What it takes to reach the addresses that a pattern matches, by these methods; HEAD goes with GET."""

    pattern: str
    asks: Act | Door
    methods: Sequence[str] = ("GET",)

    def fits(self, method: str, path: str) -> bool:
        """Tell whether this rule speaks of a request."""
        return ("GET" if method == "HEAD" else method) in self.methods and re.fullmatch(self.pattern, path) is not None


_ANY: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BOTH: Final = ("GET", "POST")
RULES: Final[Sequence[Rule]] = (
    Rule(r"/health/(live|ready)", Door.OPEN),
    Rule(r"/assets/.+|/[a-z-]+/[a-z_-]+\.(css|js)", Door.OPEN),
    Rule(r"/public/(meta/|translations/([^/]+/)?)", Door.OPEN),
    Rule(r"/login", Door.OPEN, _BOTH),
    Rule(r"/public/log(in|out)/", Door.OPEN, ("POST",)),
    Rule(r"/account/(one-time|log-out)", Door.FIRST, _BOTH),
    Rule(r"/account(/[a-z-]+)?", Door.OWN, _BOTH),
    Rule(r"/api/mfa-setup/", Door.FIRST),
    # Ours stand in the place of these, or nothing does.
    Rule(r"/api/(change-password|media|media/generate-file-url)/", Door.CLOSED, _ANY),
    Rule(r"/api/forms/(?!grouped/)[^/]+/(schema/)?", Door.CLOSED, _ANY),
    Rule(r"/(api|public|)/?(docs|openapi\.json|redoc).*", Door.CLOSED, _ANY),
    Rule(r"/", Act.SEE),
    Rule(r"/dashboard", Act.SEE),
    Rule(r"/act/booking/[^/]+/reveal", Act.REVEAL, _BOTH),
    Rule(r"/act/find", Act.FIND_PATIENT, _BOTH),
    Rule(r"/act/.+", Act.SEE),
    Rule(r"/act/.+", Act.WISH, ("POST",)),
    Rule(r"/alerts", Act.SEE),
    Rule(r"/alerts/mute", Act.MARK_ERRORS, ("POST",)),
    Rule(r"/alerts/test", Act.TEST_ALERTS, ("POST",)),
    Rule(r"/doctor/[0-9]+", Act.SEE),
    Rule(r"/doctor/[0-9]+", Act.CORRECT_DOCTORS, ("POST",)),
    Rule(r"/lists", Act.SEE),
    Rule(r"/lists", Act.APPROVE_LIST, ("POST",)),
    Rule(r"/mappings/export", Act.SEE),
    Rule(r"/mappings/import", Act.MAP_DOCTORS, _BOTH),
    Rule(r"/api/(user|links|tables|forms|tables/grouped|forms/grouped)/", Act.SEE),
    Rule(r"/api/tables/[^/]+/.*", Door.TABLE, _ANY),
    Rule(r"/audit/export", Act.EXPORT_AUDIT),
)
"""The first rule that fits a request decides; what no rule fits is refused."""


def role_of(user: Any) -> Role:
    """Return the role of a user, or of the wrapper that a request carries."""
    return Role(getattr(user, "user", user).role)


def may(user: Any, act: Act) -> bool:
    """Tell whether a user, as `request.user` or as the row itself, may do something."""
    return act in GRANTS[role_of(user)]


def may_wish(user: Any, kind: str) -> bool:
    """Tell whether a user may make a wish of a kind; nobody may make an unlisted one."""
    act = WISHES.get(kind)
    return act is not None and may(user, act)


def may_touch(user: Any, table: str, method: str) -> bool:
    """Tell whether a user may reach a table by an HTTP method; nobody reaches an unlisted one."""
    touch = TABLES.get(table)
    if touch is None:
        return False
    needed = touch.read if method in {"GET", "HEAD"} else touch.change.get(method)
    return needed is not None and may(user, touch.read) and may(user, needed)


def rule_of(method: str, path: str) -> Rule | None:
    """Find the rule of a request; None where there is none, and everybody is refused."""
    return next((rule for rule in RULES if rule.fits(method, path)), None)
