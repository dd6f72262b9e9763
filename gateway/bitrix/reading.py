"""What the site's feed sends, and what of it is believed.

Bitrix answers `{status, data, errors}`; fields that we do not know are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog

from gateway.bitrix.php import as_flag, as_list, as_map, as_number, as_text, decode
from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused
from gateway.ports import DoctorSnapshot

__all__ = ["IllegibleItem", "Page", "read_doctor", "read_page", "says_absent", "understood"]

_SCHEMA_VERSION: Final = 1
_MOST_MAPPINGS: Final = 50
_DEFAULT_SORT: Final = 500
_LARGEST_SORT: Final = 2**31 - 1
_LARGEST_ID: Final = 2**63 - 1
_KEY_REFUSED: Final = frozenset({"gateway_key_rejected", "invalid_authentication"})
_ABSENT: Final = frozenset({"doctor_not_found", "element_not_found"})
_NO_SPECIALTY: Final = ("-", "Без специальности")
_log = structlog.stdlib.get_logger("gateway.bitrix")


class IllegibleItem(Exception):
    """An element of which no doctor can be made; the message is a stable code."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the feed; `items` by element id, in the order sent."""

    snapshot_id: str
    total: int
    last_id: int
    has_more: bool
    items: dict[int, Any]


def read_page(body: bytes) -> Page:
    """Open the envelope; raise `MirrorRefused` when it holds no page."""
    envelope = decode(body)
    if not isinstance(envelope, dict) or "status" not in envelope:
        raise MirrorRefused("malformed")
    if envelope["status"] != "success":
        raise MirrorRefused("auth_failed" if _codes(envelope) & _KEY_REFUSED else "site_error")
    data = as_map(envelope.get("data"))
    if as_number(data.get("schema_version"), _LARGEST_ID) != _SCHEMA_VERSION:
        raise MirrorRefused("schema_version")
    total, last_id = as_number(data.get("total"), _LARGEST_ID), as_number(data.get("last_id"), _LARGEST_ID)
    has_more, snapshot_id = as_flag(data.get("has_more")), as_text(data.get("snapshot_id"))
    if total is None or last_id is None or has_more is None or not snapshot_id:
        raise MirrorRefused("malformed")
    return Page(snapshot_id, total, last_id, has_more, _by_id(as_list(data.get("items"))))


def says_absent(body: bytes) -> bool:
    """Tell whether an answer is the feed's own word that there is no such element; any other page of 404 is not."""
    return bool(_codes(as_map(decode(body))) & _ABSENT)


def _codes(envelope: Mapping[str, Any]) -> set[str | None]:
    return {as_text(as_map(error).get("code")) for error in as_list(envelope.get("errors"))}


def understood(items: Mapping[int, Any], read: Callable[[Any], FeedDoctor] | None = None) -> DoctorSnapshot:
    """Make doctors of the elements; those of which none can be made are named, in the log too."""
    doctors: list[FeedDoctor] = []
    illegible: set[str] = set()
    for element_id, item in items.items():
        try:
            doctors.append((read or read_doctor)(item))
        except IllegibleItem as problem:
            illegible.add(str(element_id))
            _log.warning("feed_item_illegible", element_id=element_id, problem=str(problem))
    return DoctorSnapshot(tuple(doctors), frozenset(illegible))


def _by_id(items: list[Any]) -> dict[int, Any]:
    """Tell the elements by their ids, without which the list cannot be known to be complete."""
    found: dict[int, Any] = {}
    for item in items:
        element_id = as_number(as_map(item).get("id"), _LARGEST_ID)
        if element_id is None or element_id in found:
            raise MirrorRefused("malformed")
        found[element_id] = item
    return found


def read_doctor(item: Any) -> FeedDoctor:
    """Make a doctor of an element; raise `IllegibleItem`."""
    fields = as_map(item)
    name, active = as_text(fields.get("name")), as_flag(fields.get("active"))
    if not name:
        raise IllegibleItem("name_missing" if name == "" or fields.get("name") is None else "name_malformed")
    if active is None:
        raise IllegibleItem("active_malformed")
    sort = as_number(fields.get("sort"), _LARGEST_SORT)
    specialty_id, specialty_name = _specialty(fields.get("specialty"))
    return FeedDoctor(
        element_id=str(as_number(fields.get("id"), _LARGEST_ID)),
        xml_id=as_text(fields.get("xml_id")) or None,
        name=name,
        active=active,
        specialty_id=specialty_id,
        specialty_name=specialty_name,
        mappings=tuple(dict.fromkeys(map(_doctor_mapping, _mapping_list(fields.get("mappings"))))),
        sort=_DEFAULT_SORT if sort is None else sort,
        hash=as_text(fields.get("hash")) or _digest(fields),
    )


def _specialty(value: Any) -> tuple[str, str]:
    fields = as_map(value)
    specialty_id, name = as_text(fields.get("id")), as_text(fields.get("name"))
    if specialty_id is None and name is None and not fields:
        return _NO_SPECIALTY
    if not specialty_id or not name:
        raise IllegibleItem("specialty_malformed")
    return specialty_id, name


def _mapping_list(value: Any) -> list[Any]:
    mappings = as_list(value)
    if len(mappings) > _MOST_MAPPINGS:
        raise IllegibleItem("mappings_too_many")
    return mappings


def _doctor_mapping(value: Any) -> FeedMapping:
    fields = as_map(value)
    lpu_code, emias_doctor_id = (as_text(fields.get(name) or "") for name in ("lpu_code", "emias_doctor_id"))
    if lpu_code is None or emias_doctor_id is None:
        raise IllegibleItem("mapping_malformed")
    return FeedMapping(lpu_code, emias_doctor_id)


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(fields, order="deterministic")).hexdigest()
