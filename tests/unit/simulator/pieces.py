"""A fixed clock and the pieces from which the stand-in's tests make worlds and patients."""

from __future__ import annotations

from datetime import date, datetime

from simulator.emias.ledger import Ledger, Patient
from simulator.emias.registry import Registry
from simulator.emias.settings import LiveSettings
from simulator.emias.world import MOSCOW, Slot, World

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=MOSCOW)
TODAY = NOW.date()
TOMORROW = date(2026, 11, 24)
VERA = Patient("Каштанова", "Вера", "14.03.1985", "112-233-445 95", "7756410885000127")
PETR = Patient("Порогов", "Пётр", "02.01.1948", "087-654-303 00", "5078150847000121")


def make_registry(**settings: object) -> Registry:
    """Make an empty ledger over a small world that stands still."""
    live = LiveSettings()
    live.change(settings)
    return Registry(World(seed=1, doctors=4, now=lambda: NOW), Ledger(), live)


def free_slots(registry: Registry, doctor_id: int = 41001, day: date = TOMORROW) -> list[Slot]:
    """List what one doctor has free on a day."""
    doctor = registry.world.doctors[doctor_id]
    return [slot for slot in registry.world.slots(doctor, day, day) if slot.is_free]
