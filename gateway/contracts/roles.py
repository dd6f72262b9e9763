"""Which operation of a contract is which of ours, by its name and by what it is told and answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gateway.contracts.words import PARAMETERS, fitting, flat
from gateway.contracts.wsdl import Member, Operation

__all__ = ["dated_lists", "roles_of"]

_ORDER: Final = ("cancel", "create", "get_schedule", "find", "identify", "probe")
_NAMES: Final = {
    "cancel": r"cancel|refus|annul|delete|remove|reject|otmen",
    "create": r"create|^set|book|make|add|reserve|register|zapis|appoint",
    "get_schedule": r"schedul|slot|timetable|avai|free|grid|rasp",
    "find": r"find|history|search|list|patient|visits",
    "identify": r"patient|person|identif|citizen",
    "probe": r"version|ping|info|echo|health|hello",
}
_LEAST: Final = 3


def roles_of(operations: Sequence[Operation]) -> dict[str, Operation]:
    """Give each of our operations the most fitting one of the contract; an operation has one role at most."""
    roles: dict[str, Operation] = {}
    for role in _ORDER:
        left = [operation for operation in operations if operation not in roles.values()]
        best = max(left, key=lambda operation: _score(role, operation), default=None)
        if best is not None and _score(role, best) >= _LEAST:
            roles[role] = best
    return roles


def dated_lists(operation: Operation) -> list[Member]:
    """List the lists in a reply whose items bear an instant: slots or appointments."""
    return [
        member
        for member in _all(operation.reply)
        if member.is_list and any(below.kind in {"dateTime", "date"} for below in member.members)
    ]


def _score(role: str, operation: Operation) -> int:
    values = {word.value for member in _all(operation.request) if (word := fitting(PARAMETERS, member))}
    listed = bool(dated_lists(operation))
    has_patient = any(value.startswith("patient") for value in values)
    signs = {
        "cancel": (not listed, bool(values & {"emias_slot_id", "appointment_id"}), _names("cancel", operation)),
        "create": (not listed, "emias_slot_id" in values or "starts_at" in values, not _names("cancel", operation)),
        "get_schedule": (listed, "emias_doctor_id" in values, "date_from" in values),
        "find": (listed, has_patient or "patient_id" in values, "emias_doctor_id" not in values),
        "identify": (not listed, "patient.last_name" in values, has_patient, "emias_slot_id" not in values),
        "probe": (not listed, _names("probe", operation) or not operation.request, not values),
    }[role]
    told = sum(signs) + 2 * _names(role, operation)
    return told if signs[0] and signs[1] else 0


def _names(role: str, operation: Operation) -> bool:
    return bool(re.search(_NAMES[role], flat(operation.name)))


def _all(members: Sequence[Member]) -> Iterator[Member]:
    for member in members:
        yield from member.walk()
