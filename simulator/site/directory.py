"""The doctor elements of the stand-in site's information block."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from simulator.roster import Doctor

__all__ = ["SiteDirectory", "content_hash"]

_FIRST_ELEMENT = 701
_STEP = 3
_EDITABLE = frozenset({"xml_id", "name", "active", "specialty", "mappings", "sort"})
_NOT_HASHED = frozenset({"updated_at", "hash"})
_UNMAPPED = "Новосёлова Дарья Игоревна"


def content_hash(item: dict[str, Any]) -> str:
    """Digest what an item says; the order of its fields and the time of the edit do not count."""
    content = {name: value for name, value in item.items() if name not in _NOT_HASHED}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class SiteDirectory:
    """Keep the site's elements by id; the last one of the beginning has no EMIAS doctor behind it."""

    def __init__(self, doctors: Iterable[Doctor], now: Callable[[], datetime]) -> None:
        self._doctors = tuple(doctors)
        self._now = now
        self.reset()

    def reset(self) -> None:
        """Begin again from the roster."""
        self._version = 1
        self._elements: dict[int, dict[str, Any]] = {}
        for place, doctor in enumerate(self._doctors):
            mapping = {"lpu_code": doctor.lpu_code, "emias_doctor_id": str(doctor.emias_id)}
            specialty = {"id": str(doctor.specialty_id), "name": doctor.specialty}
            self._put(_FIRST_ELEMENT + place * _STEP, doctor.name, specialty, [mapping])
        self._put(_FIRST_ELEMENT + len(self._doctors) * _STEP, _UNMAPPED, {"id": "80", "name": "Логопед"}, [])

    @property
    def snapshot_id(self) -> str:
        """Name the present content; every change gives another name."""
        hashes = "".join(element["hash"] for element in self._elements.values())
        return hashlib.sha256(f"{self._version}/{hashes}".encode()).hexdigest()[:16]

    def __len__(self) -> int:
        return len(self._elements)

    def get(self, element_id: int) -> dict[str, Any] | None:
        """Find an element."""
        return self._elements.get(element_id)

    def after(self, element_id: int) -> list[dict[str, Any]]:
        """List the elements with greater ids, in the order of ids."""
        return [self._elements[key] for key in sorted(self._elements) if key > element_id]

    def mapping_of(self, element_id: int) -> dict[str, str] | None:
        """Name the first EMIAS doctor behind an element."""
        element = self._elements.get(element_id)
        return element["mappings"][0] if element and element["mappings"] else None

    def change(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        """Edit, add or, with `remove`, delete the element `id`; ValueError names fields that nobody may set."""
        element_id, remove = int(wanted["id"]), bool(wanted.get("remove"))
        fields = {name: value for name, value in wanted.items() if name not in {"id", "remove"}}
        if unknown := set(fields) - _EDITABLE:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        self._version += 1
        if remove:
            del self._elements[element_id]
            return None
        if element_id not in self._elements:
            self._put(element_id, fields["name"], {"id": "10", "name": "Терапевт"}, [])
        self._elements[element_id] = self._stamped({**self._elements[element_id], **fields})
        return self._elements[element_id]

    def _put(self, element_id: int, name: str, specialty: dict[str, str], mappings: list[dict[str, str]]) -> None:
        self._elements[element_id] = self._stamped(
            {
                "id": element_id,
                "xml_id": f"doctor-{element_id}",
                "name": name,
                "active": True,
                "specialty": specialty,
                "mappings": mappings,
                "sort": 500,
            }
        )

    def _stamped(self, element: dict[str, Any]) -> dict[str, Any]:
        content = {name: value for name, value in element.items() if name not in _NOT_HASHED}
        updated_at = self._now().isoformat(timespec="seconds")
        return {**content, "updated_at": updated_at, "hash": content_hash(content)}
