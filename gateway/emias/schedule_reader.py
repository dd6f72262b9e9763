"""From a schedule reply to slots, member by member; zeep is not asked, it would take ten times as long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from lxml import etree

from gateway.domain.moscow import MOSCOW
from gateway.domain.outcomes import Cause
from gateway.domain.schedule import DoctorHint, EmiasDoctorRef, RemoteSlot
from gateway.emias.errors import CallFailed
from gateway.emias.instants import InstantReader

__all__ = ["FLAGS", "ScheduleReader", "split_list_path"]

FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}


class ScheduleReader:
    """Reads the slots of one contract; `paths` leads to the list and from its item to each member."""

    def __init__(
        self, paths: Mapping[str, str], instants: InstantReader, *, strict: bool = False, no_list_is_empty: bool = False
    ) -> None:
        self._strict = strict
        self._no_list_is_empty = no_list_is_empty
        self._container, self._item = split_list_path(paths["slots"])
        self._paths = paths
        self._instants = instants

    def read(self, payload: etree._Element, doctor: EmiasDoctorRef, first: date, last: date) -> list[RemoteSlot]:
        """Return the slots that begin on the days asked for, both included.

        Raises `CallFailed(Cause.CONTRACT_MISMATCH)` for another doctor's schedule and for a slot without id or start.
        """
        self._check_owner(payload, doctor)
        container = payload.find(self._container)
        if container is None and self._no_list_is_empty:
            return []
        if container is None:
            raise CallFailed(Cause.CONTRACT_MISMATCH, code="slots")
        opens = datetime.combine(first, time.min, MOSCOW)
        closes = datetime.combine(last + timedelta(days=1), time.min, MOSCOW)
        try:
            return [slot for slot in self._slots(container) if opens <= slot.starts_at < closes]
        except (KeyError, ValueError):
            raise CallFailed(Cause.CONTRACT_MISMATCH, code="slots") from None

    def hint(self, payload: etree._Element) -> DoctorHint:
        """Return what the reply says of the doctor beside the slots."""
        name, specialty = (
            payload.findtext(path) if (path := self._paths.get(key)) else None
            for key in ("doctor_name", "doctor_specialty")
        )
        return DoctorHint.of(name, specialty)

    def _check_owner(self, payload: etree._Element, doctor: EmiasDoctorRef) -> None:
        for key, asked in (("doctor_id", doctor.emias_doctor_id), ("lpu_code", doctor.lpu_code)):
            path = self._paths.get(key)
            if path and (payload.findtext(path) or "").strip() != asked:
                raise CallFailed(Cause.CONTRACT_MISMATCH, code=key)

    def _slots(self, container: etree._Element) -> Iterator[RemoteSlot]:
        items = list(container.iterchildren(self._item))
        instant = self._instants.read
        starts = list(map(instant, self._column(container, items, "starts_at")))
        ids = self._column(container, items, "slot_id")
        if None in starts or not all(ids):
            raise ValueError("a slot without id or start")
        ends = map(instant, self._column(container, items, "ends_at"))
        has_states = "is_free" in self._paths
        states = self._column(container, items, "is_free")
        free = [FLAGS[state or ""] if has_states else True for state in states]
        rooms: dict[str | None, str | None] = {"": None}
        shared = (rooms.setdefault(room, room) for room in self._column(container, items, "room"))
        true_ends = (end if start and end and end > start else None for start, end in zip(starts, ends, strict=True))
        return map(RemoteSlot, starts, ids, free, true_ends, shared)  # type: ignore[arg-type] # None is excluded above

    def _column(self, container: etree._Element, items: list[etree._Element], key: str) -> list[str | None]:
        """Return one member's text for each item; libxml2 finds them by name, and the items' own are told by parent."""
        tag = self._paths.get(key)
        if tag is None:
            return [None] * len(items)
        members = list(container.iter(tag))
        parents = [member.getparent() for member in members]
        if parents == items:
            return [member.text for member in members]
        if self._strict and len(set(parents)) < len(parents):
            raise ValueError("a member that stands twice")
        texts = dict(zip(parents, (member.text for member in members), strict=True))
        return [texts.get(item) for item in items]


def split_list_path(path: str) -> tuple[str, str]:
    """Split the path of a list's items into that of the list and the item's tag (namespaces hold slashes too)."""
    cut = path.rfind("/{" if "{" in path else "/")
    return (path[:cut], path[cut + 1 :]) if cut > 0 else (".", path)
