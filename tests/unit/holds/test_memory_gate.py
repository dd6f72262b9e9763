"""The gate within the process, by a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from gateway.holds.memory import MemoryGate
from gateway.ports import GateAnswer


async def test_what_has_run_out_is_forgotten() -> None:
    """The gate's memory does not grow with the slots that were ever asked for."""
    now = 0.0
    gate = MemoryGate(lambda: now)
    for _ in range(5000):
        now += 1.0
        assert await gate.enter(uuid4(), uuid4(), timedelta(seconds=10)) is GateAnswer.ENTERED
    assert len(gate._inside) < 2100


async def test_a_late_owner_neither_extends_nor_opens() -> None:
    """After its time the former owner has no power over the next one's gate."""
    now = 0.0
    gate = MemoryGate(lambda: now)
    slot_id, former, present = uuid4(), uuid4(), uuid4()
    await gate.enter(slot_id, former, timedelta(seconds=1))
    now = 1.0
    assert await gate.enter(slot_id, present, timedelta(seconds=1)) is GateAnswer.ENTERED
    await gate.extend(slot_id, former, timedelta(hours=1))
    await gate.leave(slot_id, former)
    assert await gate.enter(slot_id, uuid4(), timedelta(seconds=1)) is GateAnswer.OCCUPIED
    now = 2.0
    assert await gate.enter(slot_id, uuid4(), timedelta(seconds=1)) is GateAnswer.ENTERED
