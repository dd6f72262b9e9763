"""Tables of doctors, their mappings and schedules."""

from __future__ import annotations

from piccolo_api.crud.hooks import Hook, HookType

from admin.guards import editable, only_columns
from admin.mapping_board import MappingBoard
from admin.mappings import check_edited_mapping, check_new_mapping
from admin.tables.shown import DOCTORS, Shown
from admin.words import MAPPING_REASONS
from gateway.store.tables import (
    Doctor,
    EmiasDoctor,
    Institution,
    LocalEmiasSlot,
)

__all__ = ["doctor_tables"]


def doctor_tables() -> list[Shown]:
    """Return the tables of doctors, their mappings and schedules."""
    d, m, e, i, s = Doctor, MappingBoard, EmiasDoctor, Institution, LocalEmiasSlot
    return [
        Shown(
            d,
            "Врачи сайта",
            "Doctors",
            DOCTORS,
            [d.name, d.specialty_name, d.is_active, d.is_blocked, d.site_id, d.element_id, d.missing_since],
            [(d.name, True)],
            link=d.name,
            open=[d.is_blocked],
            validators=editable("PATCH"),
            hooks=[only_columns(d, "is_blocked")],
        ),
        Shown(
            m,
            "Связи врачей",
            "Mappings",
            DOCTORS,
            [m.id, m.doctor_id, m.lpu_code, m.emias_doctor_id, m.status, m.advice, m.origin],
            [(m.status, True), (m.id, True)],
            filters=[m.status, m.reason, m.doctor_id, m.lpu_code, m.emias_doctor_id, m.origin],
            open=[m.doctor_id, m.lpu_code, m.emias_doctor_id],
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_save, check_new_mapping), Hook(HookType.pre_patch, check_edited_mapping)],
            words={"reason": MAPPING_REASONS},
        ),
        Shown(
            i,
            "Медучреждения",
            "Institutions",
            DOCTORS,
            [
                i.lpu_code,
                i.name,
                i.is_open,
                i.calls_stopped,
                i.retries_stopped,
                i.switch_reason,
                i.last_ok_at,
                i.last_error,
            ],
            [(i.lpu_code, True)],
            open=[i.name, i.is_open, i.calls_stopped, i.retries_stopped, i.switch_reason],
            validators=editable("PATCH"),
            hooks=[only_columns(i, "name", "is_open", "calls_stopped", "retries_stopped", "switch_reason")],
        ),
        Shown(
            e,
            "Врачи ЕМИАС",
            "EMIAS doctors",
            DOCTORS,
            [e.id, e.lpu_code, e.emias_doctor_id, e.as_of, e.free_slots, e.failures, e.quarantined, e.last_error],
            [(e.failures, False), (e.as_of, True)],
            filters=[e.lpu_code, e.emias_doctor_id, e.as_of, e.free_slots, e.failures, e.quarantined, e.last_error],
        ),
        Shown(
            s,
            "Слоты",
            "Slots",
            DOCTORS,
            [s.starts_at, s.doctor_id, s.state, s.ends_at, s.room, s.emias_slot_id, s.seen_at],
            [(s.starts_at, False)],
            link=s.starts_at,
            filters=[s.doctor_id, s.slot_date, s.state, s.room, s.emias_slot_id],
        ),
    ]
