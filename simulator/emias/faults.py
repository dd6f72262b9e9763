"""What can go wrong with a call to EMIAS."""

from __future__ import annotations

from typing import Final

from simulator.emias.call import OPERATIONS
from simulator.emias.refusals import REFUSALS
from simulator.emias.replies import KINDS
from simulator.faults import Catalogue

__all__ = ["FAULTS"]

FAULTS: Final = Catalogue(
    OPERATIONS,
    {name: kind.only_for or () for name, kind in KINDS.items()},
    REFUSALS,
    narrowing=("doctor_id", "lpu_code"),
)
