"""What the services need of the outside, each by the need and not by the vendor.

Everyone may name a port; adapters serve them: `gateway.emias` (Emias), `gateway.bitrix` (DoctorSource), `gateway.holds`
(Gate, Budget, LoginBook, Tickets), `gateway.esia`
(IdentityProvider), `gateway.store` (the rest). Read first: `emias.py`, the need that everything else is about.
"""

from __future__ import annotations

from gateway.ports.bitrix import (
    DoctorMirror,
    DoctorSnapshot,
    DoctorSource,
    MarkedDoctor,
    MirrorSummary,
    PushBook,
    PushedChange,
    Reread,
)
from gateway.ports.booking import BookingLedger, IdempotencyBook, IdempotencyKey, Intent, Replay, Retold, Started
from gateway.ports.disclosing import Disclosures
from gateway.ports.doubt import DoubtLedger
from gateway.ports.emias import AppointmentRequest, Budget, Emias
from gateway.ports.guarding import Breaker, Health, Switches
from gateway.ports.holding import Gate, GateAnswer, HoldLedger, HoldLimits
from gateway.ports.identity import Begun, IdentityProvider, LoginBook, Tickets
from gateway.ports.keys import ApiKey, KeyRing
from gateway.ports.reading import Changes, Clock, Directory, DoctorFilter, SlotSighting, SyncFigures
from gateway.ports.retention import Retention
from gateway.ports.syncing import DueDoctor, Housekeeping, SyncBook, Written
from gateway.ports.wishes import Bulk, Case, CaseBook, SwitchTurner, WishBook

__all__ = [
    "ApiKey",
    "AppointmentRequest",
    "Begun",
    "BookingLedger",
    "Breaker",
    "Budget",
    "Bulk",
    "Case",
    "CaseBook",
    "Changes",
    "Clock",
    "Directory",
    "Disclosures",
    "DoctorFilter",
    "DoctorMirror",
    "DoctorSnapshot",
    "DoctorSource",
    "DoubtLedger",
    "DueDoctor",
    "Emias",
    "Gate",
    "GateAnswer",
    "Health",
    "HoldLedger",
    "HoldLimits",
    "Housekeeping",
    "IdempotencyBook",
    "IdempotencyKey",
    "IdentityProvider",
    "Intent",
    "KeyRing",
    "LoginBook",
    "MarkedDoctor",
    "MirrorSummary",
    "PushBook",
    "PushedChange",
    "Replay",
    "Reread",
    "Retention",
    "Retold",
    "SlotSighting",
    "Started",
    "SwitchTurner",
    "Switches",
    "SyncBook",
    "SyncFigures",
    "Tickets",
    "WishBook",
    "Written",
]
