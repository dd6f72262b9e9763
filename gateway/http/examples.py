"""Examples of what is sent and received, all of made-up people."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

__all__ = ["EXAMPLES"]

_SLOT: Final[dict[str, Any]] = {
    "id": "3f0a2c1e-7b1d-5c55-9f7d-2a4f1f0c8b11",
    "starts_at": "2026-11-24T15:00:00+03:00",
    "ends_at": "2026-11-24T15:15:00+03:00",
    "room": "312",
    "lpu_code": "0101",
}
_DOCTOR: Final[dict[str, Any]] = {"id": "57", "name": "Иванова Анна Петровна"}
_BOOKING_ID: Final = "1b1f7c5e-0f7a-4d57-8c0b-7c9a3c0c2d21"
_LOGIN_ID: Final = "8c3f0b0e-1d0a-4f1c-9a55-5a3c1f0d7e21"
_STATE: Final = "5a0d3c8e-0b7f-4e57-9a1c-2f1f0c8b1100"
_SESSION_REF: Final = "2c1d7f0a9b3e4c5d6f708192a3b4c5d6"
_TICKET: Final = "pVb0m3x5Yw2mC8n3r0a7s1t9u6v4w2x0y8z6A4B2C0D"
_HOLDER: Final[dict[str, Any]] = {
    "display": "Мария И.",
    "snils_mask": "***-***-*** 95",
    "has_snils": True,
    "oms": "verified",
}
_IDENTIFIED: Final[dict[str, Any]] = {
    "ticket": _TICKET,
    "expires_at": "2026-11-23T09:45:00+03:00",
    "return_path": "/zapis/?doctor=57",
    "source": "esia",
    "trusted": True,
    **_HOLDER,
    "subjects": [
        _HOLDER | {"subject": "self"},
        {"subject": "child-1", "display": "Пётр И.", "snils_mask": None, "has_snils": False, "oms": "absent"},
    ],
    "logout_url": "https://esia.gosuslugi.ru/idp/ext/Logout?client_id=…",
}

EXAMPLES: Final = MappingProxyType(
    {
        "specialties": [{"id": "12", "name": "Терапевт", "doctors": 7}],
        "doctors": {
            "items": [
                {
                    **_DOCTOR,
                    "specialty": {"id": "12", "name": "Терапевт"},
                    "lpu_code": "0101",
                    "lpu_codes": ["0101"],
                    "bookable": True,
                    "next_free": "2026-11-24T15:00:00+03:00",
                    "as_of": "2026-11-23T09:12:30+03:00",
                    "stale": False,
                }
            ],
            "next_cursor": None,
        },
        "slots": {
            "doctor_id": "57",
            "as_of": "2026-11-23T09:12:30+03:00",
            "stale": False,
            "days": [{"date": "2026-11-24", "slots": [_SLOT]}],
        },
        "events_body": {
            "events": [
                {"uuid": "6f2b1d0e-2b0b-4b7e-8a43-0c5a1b7d9e11", "element_id": "57", "kind": "upsert"},
                {"uuid": "0a8f7c52-7a55-4d0c-9d0f-4f4f6f0d2c22", "element_id": "58", "kind": "delete"},
            ]
        },
        "events": {"accepted": 2, "duplicates": 0},
        "hold_body": {"slot_id": _SLOT["id"], "doctor_id": "57"},
        "hold": {
            "id": "0d4f6d2a-8f36-4c8e-9a53-2f1f0f9b7a10",
            "slot": _SLOT,
            "doctor": _DOCTOR,
            "expires_at": "2026-11-23T09:20:00+03:00",
            "renewals_left": 2,
            "verified": True,
        },
        "booking_body": {
            "hold_id": "0d4f6d2a-8f36-4c8e-9a53-2f1f0f9b7a10",
            "patient": {
                "last_name": "Петрова",
                "first_name": "Мария",
                "middle_name": "Сергеевна",
                "birth_date": "1985-03-14",
                "snils": "112-233-445 95",
                "oms": {"number": "7756410885000127", "kind": "enp"},
                "sex": "F",
            },
            "contact": "+7 900 000-00-00",
        },
        "identified_booking_body": {
            "hold_id": "0d4f6d2a-8f36-4c8e-9a53-2f1f0f9b7a10",
            "identity_ticket": _TICKET,
            "session_ref": _SESSION_REF,
            "subject": "child-1",
            "patient": {"oms": {"number": "7787989718000126"}},
            "contact": "+7 900 000-00-00",
        },
        "booking": {
            "id": _BOOKING_ID,
            "state": "booked",
            "slot": _SLOT,
            "doctor": _DOCTOR,
            "emias_appointment_id": "A-100500",
            "ticket": "T-77",
        },
        "cancelled": {"id": _BOOKING_ID, "state": "cancelled", "slot": _SLOT, "doctor": _DOCTOR},
        "pending": {
            "id": _BOOKING_ID,
            "state": "in_doubt",
            "status_url": f"/v1/bookings/{_BOOKING_ID}",
            "retry_after": 5,
        },
        "cancel_pending": {
            "id": _BOOKING_ID,
            "state": "cancel_in_doubt",
            "status_url": f"/v1/bookings/{_BOOKING_ID}",
            "retry_after": 5,
        },
        "cancel_body": {"reason": "patient_request"},
        "lookup_body": {"ticket": "T-77", "birth_date": "14.03.1985"},
        "identity": {"enabled": True, "provider": "esia"},
        "login_body": {"session_ref": _SESSION_REF, "return_path": "/zapis/?doctor=57"},
        "login": {
            "login_id": _LOGIN_ID,
            "authorize_url": "https://esia.gosuslugi.ru/aas/oauth2/v2/ac?client_id=…",
            "expires_at": "2026-11-23T09:25:00+03:00",
        },
        "callback_body": {"code": "eyJ2ZXIiOjF9.…", "state": _STATE, "session_ref": _SESSION_REF},
        "identified": _IDENTIFIED,
        "refused_callback_body": {
            "error": "access_denied",
            "error_description": "ESIA-007004: …",
            "state": _STATE,
            "session_ref": _SESSION_REF,
        },
        "refused_login": {
            "reason": "person_refused",
            "esia_code": "ESIA-007004",
            "title": "Госуслуги не подтвердили вход",
            "detail": "Вы не разрешили передать данные с Госуслуг. Войдите ещё раз или заполните данные в форме.",
            "return_path": "/zapis/?doctor=57",
        },
        "status": {
            "status": "ok",
            "emias": "up",
            "institutions": [{"lpu_code": "0101", "emias": "up"}],
            "sync": {"oldest_as_of": "2026-11-23T09:05:00+03:00", "lagging": 0, "doctors": 52},
            "clock": {"now": "2026-11-23T09:15:00+03:00", "skew_seconds": 0.004},
        },
    }
)
"""By the name of the call or body that they belong to."""
