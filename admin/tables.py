"""What the admin shows, in the order of its menu, and what may be changed there.

A table that is not listed here does not exist for the admin. `guards.py` and `mappings.py` hold what is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from piccolo.columns import Column
from piccolo.table import Table
from piccolo_admin.endpoints import TableConfig
from piccolo_api.crud.endpoints import OrderBy
from piccolo_api.crud.hooks import Hook, HookType
from piccolo_api.crud.validators import Validators

from admin.bookings import BookingBoard
from admin.guards import editable, only_columns, read_only
from admin.mappings import check_edited_mapping, check_new_mapping
from admin.naming import Naming
from admin.pins import check_edited_pin, check_new_pin
from admin.users import Administrator, end_sessions
from admin.words import MAPPING_REASONS
from gateway.store.tables import (
    ApiKey,
    Beat,
    BookingHistory,
    Doctor,
    DoctorMapping,
    DoctorPin,
    EmiasDoctor,
    EmiasMinute,
    ErrorGroup,
    Hold,
    Institution,
    LocalEmiasSlot,
    MappingCorrection,
    MirrorRefusal,
    Site,
    SwitchEntry,
    SyncEntry,
)

__all__ = ["Shown", "sidebar_links", "tables_shown"]

_BOOKINGS: Final = "1. Записи · Bookings"
_DOCTORS: Final = "2. Врачи · Doctors"
_SYNC: Final = "3. Синхронизация · Sync"
_ACCESS: Final = "4. Доступ · Access"


@dataclass(frozen=True, slots=True)
class Shown:
    """A table on show: its names, its place in the menu, its columns in a list and what may be done with it."""

    table: type[Table]
    russian: str
    english: str
    group: str
    columns: Sequence[Column]
    order: Sequence[tuple[Column, bool]]
    link: Column | None = None
    filters: Sequence[Column] | None = None
    validators: Validators = field(default_factory=read_only)
    hooks: Sequence[Hook] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def naming(self) -> Naming:
        """Return its names for the layer that shows them."""
        return Naming(self.table, self.russian, self.english, self.group, self.words)

    def config(self) -> TableConfig:
        """Return what Piccolo Admin asks for."""
        return TableConfig(
            self.table,
            visible_columns=list(self.columns),
            visible_filters=list(self.columns if self.filters is None else self.filters),
            link_column=self.link,
            order_by=[OrderBy(column, ascending=ascending) for column, ascending in self.order],
            menu_group=self.group,
            validators=self.validators,
            hooks=list(self.hooks),
        )


def tables_shown() -> list[Shown]:
    """Return every table of the admin; those that wait for a person come first."""
    return [*_booking_tables(), *_doctor_tables(), *_correction_tables(), *_sync_tables(), *_access_tables()]


def sidebar_links(shown: Sequence[Shown]) -> dict[str, str]:
    """Return the lists that an operator looks at first, as links with the filter set."""
    alias = {each.table: each.naming().alias for each in shown}

    def listing(table: type[Table], **chosen: str) -> str:
        return f"#/{alias[table]}?" + "&".join(f"{name}={value}" for name, value in chosen.items())

    return {
        "Сводка · Dashboard": "/dashboard",
        "Решает оператор · For you to decide": listing(BookingBoard, state="manual"),
        "Исход неясен · In doubt": listing(BookingBoard, state="in_doubt"),
        "Не удались · Failed": listing(BookingBoard, state="failed"),
        "Конфликты связей · Mapping conflicts": listing(DoctorMapping, status="conflict"),
        "Врачи без связи · Unmapped doctors": listing(DoctorMapping, status="unmapped"),
        "Выгрузка ждёт решения · List to approve": listing(MirrorRefusal, is_approved="false"),
        "Ошибки чтения · Failed reads": listing(SyncEntry, outcome="failed"),
    }


def _booking_tables() -> list[Shown]:
    b, h, s = BookingBoard, Hold, BookingHistory
    return [
        Shown(
            b,
            "Записи",
            "Bookings",
            _BOOKINGS,
            [b.patient_mask, b.state, b.starts_at, b.site_doctor_id, b.refusal, b.error_code, b.ticket, b.updated_at],
            [(b.urgency, True), (b.updated_at, False)],
            link=b.patient_mask,
            filters=[b.state, b.site_id, b.site_doctor_id, b.doctor_id, b.starts_at, b.refusal, b.error_code, b.ticket],
        ),
        Shown(
            s,
            "Ход записей",
            "Booking steps",
            _BOOKINGS,
            [s.id, s.at, s.booking_id, s.from_state, s.to_state, s.cause, s.attempt, s.actor],
            [(s.id, False)],
        ),
        Shown(
            h,
            "Удержания",
            "Holds",
            _BOOKINGS,
            [h.starts_at, h.state, h.site_doctor_id, h.doctor_id, h.expires_at, h.renewals, h.verified, h.site_id],
            [(h.created_at, False)],
            link=h.starts_at,
        ),
    ]


def _doctor_tables() -> list[Shown]:
    d, m, e, i, s = Doctor, DoctorMapping, EmiasDoctor, Institution, LocalEmiasSlot
    return [
        Shown(
            d,
            "Врачи сайта",
            "Doctors",
            _DOCTORS,
            [d.name, d.specialty_name, d.is_active, d.is_blocked, d.site_id, d.element_id, d.missing_since],
            [(d.name, True)],
            link=d.name,
            validators=editable("PATCH"),
            hooks=[only_columns(d, "is_blocked")],
        ),
        Shown(
            m,
            "Связи врачей",
            "Mappings",
            _DOCTORS,
            [m.id, m.doctor_id, m.lpu_code, m.emias_doctor_id, m.status, m.reason, m.origin],
            [(m.status, True), (m.id, True)],
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_save, check_new_mapping), Hook(HookType.pre_patch, check_edited_mapping)],
            words={"reason": MAPPING_REASONS},
        ),
        Shown(
            i,
            "Медучреждения",
            "Institutions",
            _DOCTORS,
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
            validators=editable("PATCH"),
            hooks=[only_columns(i, "name", "is_open", "calls_stopped", "retries_stopped", "switch_reason")],
        ),
        Shown(
            e,
            "Врачи ЕМИАС",
            "EMIAS doctors",
            _DOCTORS,
            [e.id, e.lpu_code, e.emias_doctor_id, e.as_of, e.free_slots, e.failures, e.quarantined, e.last_error],
            [(e.failures, False), (e.as_of, True)],
        ),
        Shown(
            s,
            "Слоты",
            "Slots",
            _DOCTORS,
            [s.starts_at, s.doctor_id, s.state, s.ends_at, s.room, s.emias_slot_id, s.seen_at],
            [(s.starts_at, False)],
            link=s.starts_at,
            filters=[s.doctor_id, s.slot_date, s.state, s.room, s.emias_slot_id],
        ),
    ]


def _correction_tables() -> list[Shown]:
    p, c = DoctorPin, MappingCorrection
    return [
        Shown(
            p,
            "Закреплённые значения",
            "Pins",
            _DOCTORS,
            [p.id, p.doctor_id, p.field, p.value, p.source_value, p.source_changed_at, p.reason, p.author, p.at],
            [(p.source_changed_at, False), (p.id, True)],
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_save, check_new_pin), Hook(HookType.pre_patch, check_edited_pin)],
        ),
        Shown(
            c,
            "Исправленные связи",
            "Corrected mappings",
            _DOCTORS,
            [c.id, c.doctor_id, c.lpu_code, c.emias_doctor_id, c.at],
            [(c.id, False)],
            validators=editable("DELETE"),
        ),
    ]


def _sync_tables() -> list[Shown]:
    y, p, w, r = SyncEntry, Site, SwitchEntry, MirrorRefusal
    g, t, q = ErrorGroup, Beat, EmiasMinute
    return [
        Shown(
            g,
            "Группы ошибок",
            "Error groups",
            _SYNC,
            [g.id, g.state, g.cause, g.operation, g.lpu_code, g.ending, g.times, g.doctors, g.first_at, g.last_at],
            [(g.last_at, False)],
            validators=editable("PATCH"),
            hooks=[only_columns(g, "state")],
        ),
        Shown(
            q,
            "Запросы в ЕМИАС",
            "EMIAS requests",
            _SYNC,
            [q.id, q.at, q.lpu_code, q.lane, q.requests, q.failures, q.kept_back],
            [(q.at, False)],
        ),
        Shown(
            t,
            "Процессы",
            "Processes",
            _SYNC,
            [t.id, t.process, t.instance, t.what, t.lpu_code, t.value, t.note, t.at],
            [(t.at, False)],
        ),
        Shown(
            y,
            "Журнал чтения",
            "Sync log",
            _SYNC,
            [y.id, y.at, y.outcome, y.lpu_code, y.emias_doctor_id, y.cause, y.inserted, y.updated, y.closed],
            [(y.id, False)],
        ),
        Shown(
            w,
            "Журнал выключателей",
            "Switch log",
            _SYNC,
            [w.id, w.at, w.lpu_code, w.booking_id, w.switch, w.is_on, w.reason, w.actor],
            [(w.id, False)],
        ),
        Shown(
            r,
            "Выгрузки на решении",
            "Refused lists",
            _SYNC,
            [r.missing, r.site_id, r.shown, r.listed, r.examples, r.last_at, r.is_approved],
            [(r.last_at, False)],
            link=r.missing,
            validators=editable("PATCH"),
            hooks=[only_columns(r, "is_approved")],
        ),
        Shown(
            p,
            "Площадки",
            "Sites",
            _SYNC,
            [p.code, p.name, p.mirrored_at, p.mirror_error, p.mirror_error_at],
            [(p.code, True)],
            link=p.code,
        ),
    ]


def _access_tables() -> list[Shown]:
    k, u = ApiKey, Administrator
    return [
        Shown(
            k,
            "Ключи API",
            "API keys",
            _ACCESS,
            [k.id, k.site_id, k.label, k.scopes, k.created_at, k.revoked_at],
            [(k.created_at, False)],
        ),
        Shown(
            u,
            "Администраторы",
            "Administrators",
            _ACCESS,
            [u.username, u.email, u.active, u.admin, u.superuser, u.last_login],
            [(u.username, True)],
            link=u.username,
            validators=editable("POST", "PATCH", "DELETE"),
            hooks=[Hook(HookType.pre_patch, end_sessions)],
        ),
    ]
