"""What stands in the database: the sites' doctors, their mappings, the institutions; and a digest of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Held", "Listed", "Place", "Register", "read_register"]

Place = tuple[str, str]
"""An LPU code and a doctor's id in its EMIAS."""

_DOCTORS: Final = """
SELECT d.id, s.code AS site, d.element_id, d.name, d.specialty_name AS specialty, d.missing_since IS NOT NULL AS is_gone
FROM doctors d JOIN sites s ON s.id = d.site_id ORDER BY s.code, d.name, d.id
"""
_MAPPINGS: Final = """
SELECT id, doctor_id, lpu_code, emias_doctor_id, origin, status, reason FROM doctor_mappings ORDER BY id
"""
_INSTITUTIONS: Final = "SELECT lpu_code FROM institutions ORDER BY lpu_code"


@dataclass(frozen=True, slots=True)
class Held:
    """A mapping as it stands."""

    id: int
    doctor_id: int
    lpu_code: str
    emias_doctor_id: str
    origin: str
    status: str
    reason: str

    @property
    def place(self) -> Place:
        """Return what it names in EMIAS."""
        return self.lpu_code, self.emias_doctor_id


@dataclass(frozen=True, slots=True)
class Listed:
    """A doctor of a site."""

    id: int
    site: str
    element_id: str
    name: str
    specialty: str
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that a file is compared with."""

    doctors: Mapping[int, Listed]
    mappings: Mapping[int, Held]
    lpu_codes: Sequence[str]

    @property
    def sites(self) -> frozenset[str]:
        """Return the codes of the sites that have doctors."""
        return frozenset(doctor.site for doctor in self.doctors.values())

    def digest(self) -> str:
        """Name this state: another state has another name."""
        whole = [
            [[each.id, each.site, each.element_id, each.name] for each in self.doctors.values()],
            [[each.id, each.doctor_id, *each.place, each.origin, each.status] for each in self.mappings.values()],
            list(self.lpu_codes),
        ]
        return hashlib.sha256(json.dumps(whole).encode()).hexdigest()

    def holders(self) -> Mapping[tuple[str, Place], str]:
        """Name the doctor to whom each place in EMIAS belongs, by site and place."""
        held = (each for each in self.mappings.values() if each.status == "mapped")
        named = ((self.doctors[each.doctor_id], each.place) for each in held)
        return {(doctor.site, place): doctor.name for doctor, place in named}


async def read_register(connection: Any) -> Register:
    """Read everything of one transaction."""
    doctors = [Listed(**row) for row in await connection.fetch(_DOCTORS)]
    mappings = [Held(**row) for row in await connection.fetch(_MAPPINGS)]
    institutions = await connection.fetch(_INSTITUTIONS)
    return Register(
        {each.id: each for each in doctors},
        {each.id: each for each in mappings},
        [row["lpu_code"] for row in institutions],
    )
