"""Checks of a pin before it goes before the site's word; who pinned it is the person logged in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from piccolo.columns import Column
from starlette.requests import Request

from admin.guards import refusal
from admin.meta import name_of
from gateway.store.tables import DoctorPin
from gateway.store.tables.choices import PinnedField

__all__ = ["check_edited_pin", "check_new_pin", "checked_pin"]

_LONGEST_TEXT: Final = 300
_LARGEST_SORT: Final = 999_999_999
_OPEN: Final = ("value", "reason")
_FLAGS: Final = ("true", "false")


async def check_new_pin(row: DoctorPin, request: Request) -> DoctorPin:
    """Check a pin to be made; what the site says is the database's to fill in."""
    if row.doctor_id is None:
        raise refusal(DoctorPin.doctor_id, "выберите врача сайта · choose a doctor of the site")
    if await DoctorPin.exists().where(DoctorPin.doctor_id == row.doctor_id).where(DoctorPin.field == row.field):
        raise refusal(DoctorPin.field, "это поле врача уже закреплено · this field of the doctor is pinned already")
    value, reason = checked_pin(row.field, row.value, row.reason)
    return DoctorPin(
        doctor_id=row.doctor_id,
        field=row.field,
        value=value,
        reason=reason,
        author=request.user.display_name,
        at=datetime.now(UTC),
    )


async def check_edited_pin(row_id: Any, values: dict[Column, Any], request: Request) -> dict[Column, Any]:
    """Check an edit: value and reason only, and the editor is the author from then on."""
    given = {name_of(column): value for column, value in values.items() if name_of(column) in _OPEN}
    before = await DoctorPin.select().where(DoctorPin.id == row_id).first()
    if before is None or not given:
        return {}
    value, reason = checked_pin(before["field"], *(given.get(name, before[name]) for name in _OPEN))
    return {
        DoctorPin.value: value,
        DoctorPin.reason: reason,
        DoctorPin.author: request.user.display_name,
        DoctorPin.at: datetime.now(UTC),
    }


def checked_pin(field: str, value: str | None, reason: str | None) -> tuple[str, str]:
    """Tidy a pin's value and reason; refuse what the field cannot have."""
    tidy = " ".join((value or "").split())
    match field:
        case PinnedField.IS_ACTIVE if tidy not in _FLAGS:
            raise refusal(DoctorPin.value, "напишите true или false · write true or false")
        case PinnedField.SORT if not (tidy.isascii() and tidy.isdigit() and int(tidy) <= _LARGEST_SORT):
            raise refusal(DoctorPin.value, "напишите целое число · write a whole number")
        case _ if not 1 <= len(tidy) <= _LONGEST_TEXT:
            raise refusal(DoctorPin.value, f"нужно от 1 до {_LONGEST_TEXT} знаков · 1 to {_LONGEST_TEXT} characters")
    why = (reason or "").strip()
    if not why:
        raise refusal(DoctorPin.reason, "напишите, почему · write why")
    return tidy, why
