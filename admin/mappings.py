"""Checks of a mapping before the database joins it; each says in words what to do."""

from __future__ import annotations

import re
from typing import Any, Final

from piccolo.columns import Column

from admin.guards import refusal
from admin.meta import name_of
from gateway.store.tables import Doctor, DoctorMapping, Institution
from gateway.store.tables.choices import MappingStatus

__all__ = ["check_edited_mapping", "check_new_mapping"]

_LONGEST: Final = 64
_MALFORMED: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f,;]")
_OWN: Final = ("doctor_id", "lpu_code", "emias_doctor_id")


async def check_new_mapping(row: DoctorMapping) -> DoctorMapping:
    """Tidy and check a mapping to be made; status, reason and EMIAS doctor are the database's to set."""
    wanted = await _checked({name: getattr(row, name) for name in _OWN}, row_id=None)
    return DoctorMapping(**wanted, origin="admin")


async def check_edited_mapping(row_id: Any, values: dict[Column, Any]) -> dict[Column, Any]:
    """Tidy and check an edit; what an administrator has put right is the administrator's from then on."""
    given = {name_of(column): value for column, value in values.items()}
    before = await DoctorMapping.select().where(DoctorMapping.id == row_id).first()
    if before is None or all(given.get(name, before[name]) == before[name] for name in _OWN):
        # Saved as it was: the database judges it anew, for instance after a conflict has gone.
        return {DoctorMapping.doctor_id: before["doctor_id"]} if before else {}
    wanted = await _checked({name: given.get(name, before[name]) for name in _OWN}, row_id)
    return {**{getattr(DoctorMapping, name): value for name, value in wanted.items()}, DoctorMapping.origin: "admin"}


async def _checked(wanted: dict[str, Any], row_id: Any) -> dict[str, Any]:
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in wanted.items()}
    if tidy["doctor_id"] is None:
        raise refusal(DoctorMapping.doctor_id, "выберите врача сайта · choose a doctor of the site")
    _check_code(DoctorMapping.lpu_code, tidy["lpu_code"])
    _check_code(DoctorMapping.emias_doctor_id, tidy["emias_doctor_id"])
    if not await Institution.exists().where(Institution.lpu_code == tidy["lpu_code"]):
        known = (
            await Institution.select(Institution.lpu_code).order_by(Institution.lpu_code).limit(10).output(as_list=True)
        )
        raise refusal(
            DoctorMapping.lpu_code,
            f"такого ЛПУ нет; есть: {', '.join(known) or '—'}. Новое добавляется настройкой INSTITUTIONS · "
            "unknown LPU; a new one is added by the setting INSTITUTIONS",
        )
    await _check_once(tidy, row_id)
    await _check_free(tidy)
    return tidy


def _check_code(column: Column, code: str | None) -> None:
    if not code:
        raise refusal(column, "не может быть пустым · must not be empty")
    if len(code) > _LONGEST:
        raise refusal(column, f"длиннее {_LONGEST} знаков · longer than {_LONGEST} characters")
    if _MALFORMED.search(code):
        raise refusal(
            column,
            "внутри пробел, запятая или точка с запятой: один код — одна связь, второй добавьте отдельной · "
            "blanks, commas or semicolons inside: one mapping is one code",
        )


async def _check_once(tidy: dict[str, Any], row_id: Any) -> None:
    same = DoctorMapping.exists()
    for name, value in tidy.items():
        same = same.where(getattr(DoctorMapping, name) == value)
    if await (same if row_id is None else same.where(DoctorMapping.id != row_id)):
        raise refusal(
            DoctorMapping.emias_doctor_id, "такая связь у этого врача уже есть · the doctor has this mapping already"
        )


async def _check_free(tidy: dict[str, Any]) -> None:
    doctor = await Doctor.objects().where(Doctor.id == tidy["doctor_id"]).first()
    his = DoctorMapping.doctor_id
    mapped = (
        await DoctorMapping.select(DoctorMapping.id, his.name, his.specialty_name, his.site_id, his.is_active)
        .where(DoctorMapping.lpu_code == tidy["lpu_code"])
        .where(DoctorMapping.emias_doctor_id == tidy["emias_doctor_id"])
        .where(DoctorMapping.status == MappingStatus.MAPPED)
        .where(DoctorMapping.doctor_id != tidy["doctor_id"])
    )
    for row in mapped:
        if doctor and row["doctor_id.is_active"] and row["doctor_id.site_id"] == doctor.site_id:
            named = f"{row['doctor_id.name']}, {row['doctor_id.specialty_name']}, связь № {row['id']}"
            raise refusal(
                DoctorMapping.emias_doctor_id,
                f"этот номер уже у другого врача: {named}. Исправьте номер; если он этого врача — сначала исправьте "
                f"или удалите ту связь · the id is another doctor's (mapping {row['id']}): correct one of the two",
            )
