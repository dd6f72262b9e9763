"""What the site's feed sends, and what of it is believed.

Bitrix answers `{status, data, errors}`. PHP writes an empty map as `[]`, a list with gaps as a map, and numbers and
flags as text; fields that we do not know are left alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from gateway.domain.directory import FeedDoctor, FeedMapping
from gateway.domain.errors import MirrorRefused

__all__ = ["IllegibleItem", "Page", "read_doctor", "read_page"]

_SCHEMA_VERSION: Final = 1
_LONGEST_TEXT: Final = 300
_MOST_MAPPINGS: Final = 50
_DEFAULT_SORT: Final = 500
_LARGEST_SORT: Final = 2**31 - 1
_LARGEST_ID: Final = 2**63 - 1
_YES: Final = frozenset({"Y", "1", "true"})
_NO: Final = frozenset({"N", "0", "false", ""})
_KEY_REFUSED: Final = frozenset({"gateway_key_rejected", "invalid_authentication"})
_NO_SPECIALTY: Final = ("-", "Без специальности")


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
    try:
        envelope = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise MirrorRefused("malformed") from None
    if not isinstance(envelope, dict) or "status" not in envelope:
        raise MirrorRefused("malformed")
    if envelope["status"] != "success":
        codes = {_text(_mapping(error).get("code")) for error in _list(envelope.get("errors"))}
        raise MirrorRefused("auth_failed" if codes & _KEY_REFUSED else "site_error")
    data = _mapping(envelope.get("data"))
    if _number(data.get("schema_version"), _LARGEST_ID) != _SCHEMA_VERSION:
        raise MirrorRefused("schema_version")
    total, last_id = _number(data.get("total"), _LARGEST_ID), _number(data.get("last_id"), _LARGEST_ID)
    has_more, snapshot_id = _flag(data.get("has_more")), _text(data.get("snapshot_id"))
    if total is None or last_id is None or has_more is None or not snapshot_id:
        raise MirrorRefused("malformed")
    return Page(snapshot_id, total, last_id, has_more, _by_id(_list(data.get("items"))))


def _by_id(items: list[Any]) -> dict[int, Any]:
    """Tell the elements by their ids, without which the list cannot be known to be complete."""
    found: dict[int, Any] = {}
    for item in items:
        element_id = _number(_mapping(item).get("id"), _LARGEST_ID)
        if element_id is None or element_id in found:
            raise MirrorRefused("malformed")
        found[element_id] = item
    return found


def read_doctor(item: Any) -> FeedDoctor:
    """Make a doctor of an element; raise `IllegibleItem`."""
    fields = _mapping(item)
    name, active = _text(fields.get("name")), _flag(fields.get("active"))
    if not name:
        raise IllegibleItem("name_missing" if name == "" or fields.get("name") is None else "name_malformed")
    if active is None:
        raise IllegibleItem("active_malformed")
    sort = _number(fields.get("sort"), _LARGEST_SORT)
    specialty_id, specialty_name = _specialty(fields.get("specialty"))
    return FeedDoctor(
        element_id=str(_number(fields.get("id"), _LARGEST_ID)),
        xml_id=_text(fields.get("xml_id")) or None,
        name=name,
        active=active,
        specialty_id=specialty_id,
        specialty_name=specialty_name,
        mappings=tuple(dict.fromkeys(map(_doctor_mapping, _mapping_list(fields.get("mappings"))))),
        sort=_DEFAULT_SORT if sort is None else sort,
        hash=_text(fields.get("hash")) or _digest(fields),
    )


def _specialty(value: Any) -> tuple[str, str]:
    fields = _mapping(value)
    specialty_id, name = _text(fields.get("id")), _text(fields.get("name"))
    if specialty_id is None and name is None and not fields:
        return _NO_SPECIALTY
    if not specialty_id or not name:
        raise IllegibleItem("specialty_malformed")
    return specialty_id, name


def _mapping_list(value: Any) -> list[Any]:
    mappings = _list(value)
    if len(mappings) > _MOST_MAPPINGS:
        raise IllegibleItem("mappings_too_many")
    return mappings


def _doctor_mapping(value: Any) -> FeedMapping:
    fields = _mapping(value)
    lpu_code, emias_doctor_id = (_text(fields.get(name) or "") for name in ("lpu_code", "emias_doctor_id"))
    if lpu_code is None or emias_doctor_id is None:
        raise IllegibleItem("mapping_malformed")
    return FeedMapping(lpu_code, emias_doctor_id)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    """Tidy a short text, pasted invisible characters left out; a number is one too, None when it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST_ID:
        return None
    visible = "".join(char for char in str(value) if char.isprintable() or char.isspace())
    tidy = " ".join(visible.split())
    return tidy if len(tidy) <= _LONGEST_TEXT else None


def _number(value: Any, largest: int) -> int | None:
    text = _text(value) or ""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= largest else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = _text(value)
    return True if text in _YES else False if text in _NO else None


def _digest(fields: dict[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(fields, order="deterministic")).hexdigest()
