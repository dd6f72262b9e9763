"""A form of a page of acts, read and checked before it becomes a wish."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from admin.acts.choices import CODES, HOURS, Choice
from gateway.domain.discretion import LONG_NUMBER
from gateway.domain.wish import WishKind

__all__ = ["Asked", "FormRefused", "asked_of"]

_LONGEST: Final = 500
_APPOINTMENT: Final = re.compile(r"[\w.:/-]{1,64}")


class FormRefused(Exception):
    """What was typed cannot be taken; `key` is the word for it, or `told` what it says itself."""

    def __init__(self, key: str, status: int = 422, told: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.status = status
        self.told = told


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for."""

    kind: WishKind
    reason: str
    arguments: Mapping[str, Any]


def asked_of(form: FormData, choices: Sequence[Choice]) -> Asked:
    """Read a form that chose among these; raise `FormRefused`."""
    texts = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    choice = next((each for each in choices if each.name == texts.get("choice")), None)
    if choice is None:
        raise FormRefused("no_choice")
    if choice.against:
        raise FormRefused("cannot", 409, choice.against)
    return Asked(choice.kind, _reason(texts), {**choice.fixed, **_arguments(choice.kind, texts)})


def _reason(texts: Mapping[str, str]) -> str:
    reason = " ".join(texts.get("reason", "").split())
    if not reason:
        raise FormRefused("no_reason")
    if len(reason) > _LONGEST:
        raise FormRefused("long_reason")
    if LONG_NUMBER.search(reason):
        raise FormRefused("personal_reason")
    return reason


def _arguments(kind: WishKind, texts: Mapping[str, str]) -> Mapping[str, Any]:
    if kind is WishKind.RESOLVE_BOOKED:
        appointment = texts.get("appointment_id", "")
        if appointment and not _APPOINTMENT.fullmatch(appointment):
            raise FormRefused("bad_appointment")
        return {"appointment_id": appointment}
    if kind is WishKind.CANCEL_BOOKING:
        if texts.get("code") not in CODES:
            raise FormRefused("bad_code")
        return {"code": texts["code"]}
    if kind is WishKind.RETRY_FAILED:
        if texts.get("hours") not in {str(hours) for hours in HOURS}:
            raise FormRefused("bad_hours")
        return {"hours": int(texts["hours"])}
    return {}
