"""Other people's life: slots that are taken and opened while nobody of ours is looking."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

from simulator.emias.installation import Installation
from simulator.emias.world import HORIZON

__all__ = ["live"]

_STEP_SECONDS = 0.2


async def live(installation: Installation) -> None:
    """Change slots at the rate that the settings give, until cancelled."""
    chance = random.Random()  # noqa: S311 - nobody must guess this
    due = 0.0
    while True:
        await asyncio.sleep(_STEP_SECONDS)
        due += installation.settings.living * _STEP_SECONDS
        while due >= 1:
            due -= 1
            _change_one(installation, chance)


def _change_one(installation: Installation, chance: random.Random) -> None:
    world = installation.world
    doctor = chance.choice(list(world.doctors.values()))
    day = world.now().date() + timedelta(days=chance.randint(0, HORIZON.days))
    slots = [slot for slot in world.slots(doctor, day, day) if slot.starts_at > world.now()]
    if not slots:
        return
    slot = chance.choice(slots)
    if not installation.registry.booked(doctor, slot.starts_at):
        world.mark(slot, free=not slot.is_free)
