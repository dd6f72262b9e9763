"""Elements as the site's REST methods tell them, in the fields that a feed item has.

A property may be absent, `[]`, a bare value, `{ID, VALUE, DESCRIPTION}`, a list of those, or `{"<value id>": value}`,
whose ids depend on how the information block is stored and mean nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from types import MappingProxyType
from typing import Any, Final

from gateway.bitrix.php import as_list, as_map, as_text
from gateway.bitrix.reading import read_doctor
from gateway.domain.directory import FeedDoctor

__all__ = ["PropertyNames", "fields_of", "read_element"]

_DEEPEST: Final = 4
_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PropertyNames:
    """Which properties of an element say what; `specialties` names the values of a list property.

    Without `active` every element counts as active: the method does not tell which are not.
    """

    lpu_code: str = "LPU_CODE"
    emias_doctor_id: str = "EMIAS_DOCTOR_ID"
    specialty: str | None = None
    active: str | None = None
    specialties: Mapping[str, str] = field(default_factory=lambda: _NO_NAMES)

    def named(self) -> list[str]:
        """List the properties to ask for."""
        return [name for name in (self.lpu_code, self.emias_doctor_id, self.specialty, self.active) if name]


def fields_of(element: Any) -> dict[str, Any]:
    """Return an element's fields by names whose case and underscores do not matter."""
    return {_folded(name): value for name, value in as_map(element).items()}


def read_element(element: Any, names: PropertyNames) -> FeedDoctor:
    """Make a doctor of an element; raise `IllegibleItem`."""
    fields = fields_of(element)
    return read_doctor(
        {
            "id": fields.get("ID"),
            "xml_id": fields.get("XMLID"),
            "name": fields.get("NAME"),
            "active": _active(fields, names),
            "specialty": _specialty(fields, names),
            "mappings": _mappings(_values(fields, names.lpu_code), _values(fields, names.emias_doctor_id)),
            "sort": fields.get("SORT"),
        }
    )


def _active(fields: Mapping[str, Any], names: PropertyNames) -> Any:
    if names.active is None:
        return fields.get("ACTIVE", True)
    said = _values(fields, names.active)
    return said[0] if said else True


def _specialty(fields: Mapping[str, Any], names: PropertyNames) -> Any:
    said = [as_text(value) for value in (_values(fields, names.specialty) if names.specialty else [])]
    if not said:
        return None
    return {"id": said[0], "name": names.specialties.get(said[0] or "", said[0])}


def _mappings(lpu_codes: list[Any], emias_doctor_ids: list[Any]) -> list[dict[str, Any]]:
    """Join the values place by place; one institution holds for all ids, an id without a partner stays without."""
    if len(lpu_codes) == 1:
        lpu_codes = lpu_codes * max(1, len(emias_doctor_ids))
    return [
        {"lpu_code": lpu_code, "emias_doctor_id": emias_doctor_id}
        for lpu_code, emias_doctor_id in zip_longest(lpu_codes, emias_doctor_ids, fillvalue="")
    ]


def _values(fields: Mapping[str, Any], name: str) -> list[Any]:
    return _flat(fields.get(_folded(name)), _DEEPEST)


def _flat(value: Any, depth: int) -> list[Any]:
    if value is None or value == "" or depth == 0:
        return []
    if isinstance(value, dict) and (named := fields_of(value)) and "VALUE" in named:
        return _flat(named["VALUE"], depth - 1)
    if isinstance(value, (dict, list)):
        return [inner for one in as_list(value) for inner in _flat(one, depth - 1)]
    return [value]


def _folded(name: str) -> str:
    return name.replace("_", "").upper()
