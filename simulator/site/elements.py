"""The site's doctors as rows of an information block, for the module that runs under PHP."""

from __future__ import annotations

from typing import Any

__all__ = ["element_row"]


def element_row(item: dict[str, Any]) -> dict[str, Any]:
    """Turn an item of the feed back into the element and the properties that it is made of."""
    specialty = item["specialty"]
    return {
        "ID": item["id"],
        "XML_ID": item["xml_id"],
        "NAME": item["name"],
        "ACTIVE": "Y" if item["active"] else "N",
        "ACTIVE_FROM": None,
        "ACTIVE_TO": None,
        "SORT": item["sort"],
        "TIMESTAMP_X": item["updated_at"],
        "IBLOCK_SECTION_ID": None,
        "WF_PARENT_ELEMENT_ID": None,
        "PROPERTIES": {
            "LPU_CODE": _values("S", [one["lpu_code"] for one in item["mappings"]]),
            "EMIAS_DOCTOR_ID": _values("S", [one["emias_doctor_id"] for one in item["mappings"]]),
            "SPECIALTY": _values("L", [specialty["name"]]) | {"VALUE_ENUM_ID": specialty["id"]} if specialty else {},
        },
    }


def _values(kind: str, values: list[str]) -> dict[str, Any]:
    return {"PROPERTY_TYPE": kind, "VALUE": values}
