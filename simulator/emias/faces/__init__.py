"""The contracts in which the stand-in answers: one world and ledger behind all of them.

Who may come in: `emias.server`.
What it may touch: the registry, and the files of `simulator/contracts/`.
Read first: `face.py`, then `seed_soap.py`; the other three say the same in other words.
"""

from __future__ import annotations

from simulator.emias.faces.face import Face, Row
from simulator.emias.faces.fer import FerFace
from simulator.emias.faces.hub import HubFace
from simulator.emias.faces.seed_rest import SeedRestFace
from simulator.emias.faces.seed_soap import SeedSoapFace

__all__ = ["FACES", "Face", "Row"]

FACES: tuple[Face, ...] = (SeedSoapFace(), SeedRestFace(), HubFace(), FerFace())
