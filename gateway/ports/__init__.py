"""What the services need of the outside, each by the need and not by the vendor.

Everyone may name a port; adapters serve them: `gateway.emias` (Emias), `gateway.bitrix` (DoctorSource), `gateway.holds`
(Gate, Budget), `gateway.store` (the rest). Read first: `emias.py`, the need that everything else is about.
"""

from __future__ import annotations

from gateway.ports.bitrix import DoctorMirror, DoctorSnapshot, DoctorSource, MirrorSummary
from gateway.ports.booking import BookingLedger, IdempotencyBook, IdempotencyKey, Intent, Replay, Retold, Started
from gateway.ports.emias import AppointmentRequest, Budget, Emias
from gateway.ports.holding import Gate, GateAnswer, HoldLedger, HoldLimits
from gateway.ports.keys import ApiKey, KeyRing
from gateway.ports.reading import Changes, Clock, Directory, DoctorFilter, SlotSighting, SyncFigures
from gateway.ports.syncing import DueDoctor, Housekeeping, SyncBook, Written

__all__ = [
    "ApiKey",
    "AppointmentRequest",
    "BookingLedger",
    "Budget",
    "Changes",
    "Clock",
    "Directory",
    "DoctorFilter",
    "DoctorMirror",
    "DoctorSnapshot",
    "DoctorSource",
    "DueDoctor",
    "Emias",
    "Gate",
    "GateAnswer",
    "HoldLedger",
    "HoldLimits",
    "Housekeeping",
    "IdempotencyBook",
    "IdempotencyKey",
    "Intent",
    "KeyRing",
    "MirrorSummary",
    "Replay",
    "Retold",
    "SlotSighting",
    "Started",
    "SyncBook",
    "SyncFigures",
    "Written",
]
