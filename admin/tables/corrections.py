"""Tables of what people and EMIAS say against the site."""

from __future__ import annotations

from piccolo_api.crud.hooks import Hook, HookType

from admin.drifts import HintDrift
from admin.guards import editable
from admin.pins import check_edited_pin, check_new_pin
from admin.tables.shown import DOCTORS, Shown
from gateway.store.tables import (
    DoctorPin,
    MappingCorrection,
)

__all__ = ["correction_tables"]


def correction_tables() -> list[Shown]:
    """Return the tables of what people and EMIAS say against the site."""
    p, c, f = DoctorPin, MappingCorrection, HintDrift
    return [
        Shown(
            f,
            "Расхождения с ЕМИАС",
            "Differences from EMIAS",
            DOCTORS,
            [f.doctor_id, f.field, f.shown, f.hint, f.is_pinned, f.lpu_code, f.emias_doctor_id, f.hinted_at],
            [(f.is_pinned, True), (f.id, True)],
            link=f.shown,
        ),
        Shown(
            p,
            "Закреплённые значения",
            "Pins",
            DOCTORS,
            [p.id, p.doctor_id, p.field, p.value, p.source_value, p.source_changed_at, p.reason, p.author, p.at],
            [(p.source_changed_at, False), (p.id, True)],
            filters=[p.doctor_id, p.field, p.author, p.source_changed_at],
            open=[p.doctor_id, p.field, p.value, p.reason],
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_save, check_new_pin), Hook(HookType.pre_patch, check_edited_pin)],
        ),
        Shown(
            c,
            "Исправленные связи",
            "Corrected mappings",
            DOCTORS,
            [c.id, c.doctor_id, c.lpu_code, c.emias_doctor_id, c.at],
            [(c.id, False)],
            validators=editable("DELETE"),
        ),
    ]
