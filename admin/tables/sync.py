"""Tables of what the worker and the mirror tell."""

from __future__ import annotations

from admin.guards import editable, only_columns
from admin.tables.shown import SYNC, Shown
from gateway.store.tables import (
    Beat,
    EmiasMinute,
    ErrorGroup,
    MirrorRefusal,
    Site,
    SwitchEntry,
    SyncEntry,
)

__all__ = ["sync_tables"]


def sync_tables() -> list[Shown]:
    """Return the tables of what the worker and the mirror tell."""
    y, p, w, r = SyncEntry, Site, SwitchEntry, MirrorRefusal
    g, t, q = ErrorGroup, Beat, EmiasMinute
    return [
        Shown(
            g,
            "Группы ошибок",
            "Error groups",
            SYNC,
            [g.id, g.state, g.cause, g.operation, g.lpu_code, g.ending, g.times, g.doctors, g.first_at, g.last_at],
            [(g.last_at, False)],
            filters=[g.state, g.cause, g.operation, g.lpu_code, g.ending, g.last_at],
            open=[g.state],
            validators=editable("PATCH"),
            hooks=[only_columns(g, "state")],
        ),
        Shown(
            q,
            "Запросы в ЕМИАС",
            "EMIAS requests",
            SYNC,
            [q.id, q.at, q.lpu_code, q.lane, q.requests, q.failures, q.kept_back],
            [(q.at, False)],
        ),
        Shown(
            t,
            "Процессы",
            "Processes",
            SYNC,
            [t.id, t.process, t.instance, t.what, t.lpu_code, t.value, t.note, t.at],
            [(t.at, False)],
            filters=[t.process, t.what, t.instance, t.lpu_code, t.at],
        ),
        Shown(
            y,
            "Журнал чтения",
            "Sync log",
            SYNC,
            [y.id, y.at, y.outcome, y.lpu_code, y.emias_doctor_id, y.cause, y.inserted, y.updated, y.closed],
            [(y.id, False)],
            filters=[y.outcome, y.lpu_code, y.emias_doctor_id, y.cause, y.at],
        ),
        Shown(
            w,
            "Журнал выключателей",
            "Switch log",
            SYNC,
            [w.id, w.at, w.lpu_code, w.booking_id, w.switch, w.is_on, w.reason, w.actor],
            [(w.id, False)],
            filters=[w.switch, w.is_on, w.lpu_code, w.booking_id, w.actor, w.at],
        ),
        Shown(
            r,
            "Выгрузки на решении",
            "Refused lists",
            SYNC,
            [r.missing, r.site_id, r.shown, r.listed, r.examples, r.last_at, r.is_approved],
            [(r.last_at, False)],
            link=r.missing,
        ),
        Shown(
            p,
            "Площадки",
            "Sites",
            SYNC,
            [p.code, p.name, p.mirrored_at, p.mirror_error, p.mirror_error_at],
            [(p.code, True)],
            link=p.code,
        ),
    ]
