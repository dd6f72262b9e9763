"""The schema's tables as Piccolo sees them, one noun a file, for the admin and the ordinary queries.

`gateway.store` and `admin` come in; nothing here opens a connection. The SQL files of `schema/` make the tables, these
classes describe them, and a test compares the two. Keys of several columns that nobody edits (`booking_moves`,
`idempotency_keys`, `bitrix_events`, `doctor_rereads`, `error_group_doctors`, `alert_watch`), the keepers of the
audit log and the login (`audit_chain`, `audit_head`, `login_guesses`), and those of personal data (`retention_clock`,
`disclosures`, `search_key`) have no class. Read `booking.py` first.
"""

from __future__ import annotations

from typing import Final

from gateway.store.tables.alert import Alert
from gateway.store.tables.alert_message import AlertMessage
from gateway.store.tables.api_key import ApiKey
from gateway.store.tables.audit_row import AuditRow
from gateway.store.tables.beat import Beat
from gateway.store.tables.booking import Booking
from gateway.store.tables.booking_history import BookingHistory
from gateway.store.tables.doctor import Doctor
from gateway.store.tables.doctor_mapping import DoctorMapping
from gateway.store.tables.doctor_pin import DoctorPin
from gateway.store.tables.emias_doctor import EmiasDoctor
from gateway.store.tables.emias_minute import EmiasMinute
from gateway.store.tables.error_group import ErrorGroup
from gateway.store.tables.hold import Hold
from gateway.store.tables.institution import Institution
from gateway.store.tables.local_emias_slot import LocalEmiasSlot
from gateway.store.tables.mapping_correction import MappingCorrection
from gateway.store.tables.mirror_refusal import MirrorRefusal
from gateway.store.tables.site import Site
from gateway.store.tables.switch_entry import SwitchEntry
from gateway.store.tables.sync_entry import SyncEntry
from gateway.store.tables.wish import Wish

__all__ = [
    "TABLES",
    "Alert",
    "AlertMessage",
    "ApiKey",
    "AuditRow",
    "Beat",
    "Booking",
    "BookingHistory",
    "Doctor",
    "DoctorMapping",
    "DoctorPin",
    "EmiasDoctor",
    "EmiasMinute",
    "ErrorGroup",
    "Hold",
    "Institution",
    "LocalEmiasSlot",
    "MappingCorrection",
    "MirrorRefusal",
    "Site",
    "SwitchEntry",
    "SyncEntry",
    "Wish",
]

TABLES: Final = (
    Site,
    ApiKey,
    Institution,
    EmiasDoctor,
    Doctor,
    DoctorMapping,
    DoctorPin,
    MappingCorrection,
    MirrorRefusal,
    LocalEmiasSlot,
    Hold,
    Booking,
    BookingHistory,
    SyncEntry,
    SwitchEntry,
    Beat,
    EmiasMinute,
    ErrorGroup,
    AlertMessage,
    Alert,
    Wish,
    AuditRow,
)
