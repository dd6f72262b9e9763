"""Russian for the closed sets of values that the database keeps in English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from gateway.domain.booking import BookingState
from gateway.domain.outcomes import Refusal
from gateway.store.tables.choices import (
    BeatKind,
    CallLane,
    ErrorEnding,
    ErrorState,
    HoldState,
    MappingOrigin,
    MappingStatus,
    PinnedField,
    Process,
    Scope,
    SlotState,
    SwitchKind,
    SyncOutcome,
)

__all__ = ["MAPPING_REASONS", "VALUES", "beside"]

MAPPING_REASONS: Final = MappingProxyType(
    {
        "": "—",
        "lpu_code_missing": "не указан код ЛПУ · no LPU code",
        "emias_doctor_id_missing": "не указан номер врача в ЕМИАС · no EMIAS doctor id",
        "code_malformed": "в коде пробел, запятая или больше 64 знаков · malformed code",
        "lpu_unknown": "такого ЛПУ нет в списке · unknown LPU",
        "emias_doctor_id_taken": "этот врач ЕМИАС уже связан с другим врачом сайта · taken by another doctor",
    }
)
"""Why a mapping leads nowhere, by the code that the trigger `join_mapping` leaves."""

_BOOKING: Final = {
    "submitting": "отправляется",
    "booked": "записан",
    "rejected": "отказ ЕМИАС",
    "failed": "не удалась",
    "in_doubt": "исход неясен",
    "manual": "решает оператор",
    "cancelling": "отменяется",
    "cancelled": "отменена",
    "cancel_in_doubt": "исход отмены неясен",
}
_REFUSAL: Final = {
    "slot_taken": "время занято",
    "slot_locked": "время занимают",
    "slot_gone": "слота больше нет",
    "slot_in_past": "время прошло",
    "patient_already_booked": "пациент уже записан",
    "patient_busy": "у пациента другая запись",
    "patient_not_found": "пациент не найден",
    "patient_data_mismatch": "данные пациента не сходятся",
    "not_attached": "не прикреплён",
    "policy_invalid": "полис не действует",
    "age_or_sex": "возраст или пол",
    "referral_required": "нужно направление",
    "limit_reached": "предел записей",
    "validation": "не принято поле",
    "access_denied": "нет доступа",
    "appointment_not_found": "запись не найдена",
    "already_cancelled": "уже отменена",
    "cancel_too_late": "отменять поздно",
    "other": "другая причина",
}
VALUES: Final[Mapping[type[Enum], Mapping[str, str]]] = MappingProxyType(
    {
        BookingState: _BOOKING,
        Refusal: _REFUSAL,
        HoldState: {"held": "держится", "released": "отпущено", "expired": "истекло", "spent": "пошло в запись"},
        MappingOrigin: {"bitrix": "с сайта", "admin": "администратор"},
        MappingStatus: {"mapped": "связан", "unmapped": "не связан", "conflict": "конфликт"},
        PinnedField: {
            "name": "фамилия, имя, отчество",
            "specialty_id": "ID специальности",
            "specialty_name": "специальность",
            "sort": "порядок в списке",
            "is_active": "показ на сайте",
        },
        Scope: {"read": "чтение", "book": "запись", "events": "события", "identity": "вход"},
        SwitchKind: {"sale": "показ на сайте", "calls": "обмен с ЕМИАС", "retries": "повторы и сверки"},
        SlotState: {"free": "свободен", "busy": "занят", "closed": "снят"},
        Process: {"gateway": "шлюз", "sync": "работник"},
        BeatKind: {
            "alive": "живёт",
            "silent_loops": "стоящих циклов",
            "breaker_bookings": "предохранитель записи",
            "breaker_reads": "предохранитель расписаний",
            "budget_rate": "запросов в секунду",
            "certificate_ends": "сертификат до",
        },
        CallLane: {"bookings": "запись", "reads": "расписания"},
        ErrorEnding: {
            "failed": "не прочитано",
            "not_sent": "не отправлено",
            "unknown": "исход неясен",
            "broken": "сбой шлюза",
            "quarantined": "ответ не принят",
        },
        ErrorState: {"new": "новая", "acknowledged": "известна", "muted": "не беспокоить"},
        SyncOutcome: {
            "changed": "изменилось",
            "failed": "ошибка",
            "quarantined": "подозрительный ответ",
            "mirror": "врачи сайта прочитаны",
            "mirror_refused": "врачи сайта отвергнуты",
        },
    }
)
"""What each value of a choice is called, by the enumeration that closes it."""


def beside(russian: str, english: str) -> str:
    """Put the English beside the Russian, as every name in the admin stands."""
    return f"{russian} · {english}" if english else russian
