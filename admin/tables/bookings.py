"""Tables of what became of bookings."""

from __future__ import annotations

from admin.bookings import BookingBoard
from admin.tables.shown import BOOKINGS, Shown
from admin.words import RETENTION
from gateway.store.tables import (
    BookingHistory,
    Hold,
    Wish,
)

__all__ = ["booking_tables"]


def booking_tables() -> list[Shown]:
    """Return the tables of what became of bookings."""
    b, h, s = BookingBoard, Hold, BookingHistory
    w = Wish
    return [
        Shown(
            b,
            "Записи",
            "Bookings",
            BOOKINGS,
            [
                b.patient_mask,
                b.state,
                b.starts_at,
                b.site_doctor_id,
                b.refusal,
                b.error_code,
                b.ticket,
                b.identity_source,
                b.policy_mark,
                b.updated_at,
            ],
            [(b.urgency, True), (b.updated_at, False)],
            link=b.patient_mask,
            filters=[
                b.state,
                b.site_id,
                b.site_doctor_id,
                b.doctor_id,
                b.starts_at,
                b.refusal,
                b.error_code,
                b.ticket,
                b.created_at,
                b.urgency,
                b.retention,
            ],
            words={"retention": RETENTION},
        ),
        Shown(
            w,
            "Поручения",
            "Wishes",
            BOOKINGS,
            [w.id, w.kind, w.subject, w.state, w.result, w.reason, w.wished_by, w.wished_at, w.ended_at, w.parent_id],
            [(w.id, False)],
            filters=[w.kind, w.subject, w.state, w.wished_by, w.wished_at, w.parent_id],
        ),
        Shown(
            s,
            "Ход записей",
            "Booking steps",
            BOOKINGS,
            [s.id, s.at, s.booking_id, s.from_state, s.to_state, s.cause, s.attempt, s.actor],
            [(s.id, False)],
            filters=[s.booking_id, s.from_state, s.to_state, s.cause, s.actor, s.at],
        ),
        Shown(
            h,
            "Удержания",
            "Holds",
            BOOKINGS,
            [h.starts_at, h.state, h.site_doctor_id, h.doctor_id, h.expires_at, h.renewals, h.verified, h.site_id],
            [(h.created_at, False)],
            link=h.starts_at,
            filters=[h.state, h.site_doctor_id, h.doctor_id, h.site_id, h.starts_at, h.created_at, h.expires_at],
        ),
    ]
