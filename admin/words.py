"""Russian for the closed sets of values that the database keeps in English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final

from admin.roles import ROLES, Role
from gateway.domain.alerts.alert import Rule, Severity
from gateway.domain.booking import BookingState
from gateway.domain.identity import IdentitySource, PolicyMark
from gateway.domain.outcomes import Refusal
from gateway.domain.wish import WishKind, WishState
from gateway.store.tables.choices import (
    AlertMessageKind,
    AlertStanding,
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

__all__ = ["AUDIT_EVENTS", "MAPPING_REASONS", "RETENTION", "VALUES", "beside"]

AUDIT_EVENTS: Final = MappingProxyType(
    {
        event: f"{russian} · {event}"
        for event, russian in {
            "alert_acknowledged": "тревога отмечена",
            "approval": "выгрузка подтверждена",
            "export": "выгружено",
            "import": "загружено",
            "keys_rotated": "ключи сменены",
            "locked_out": "вход закрыт на время",
            "login": "вход",
            "login_failed": "неудачный вход",
            "logout": "выход",
            "mfa_enrolled": "одноразовые коды включены",
            "mfa_removed": "одноразовые коды отключены",
            "password_changed": "пароль сменён",
            "reveal": "показаны личные данные",
            "row_changed": "строка изменена",
            "search": "поиск пациента",
            "switch_turned": "выключатель повёрнут",
            "user_changed": "пользователь изменён",
            "user_created": "пользователь создан",
            "wish_ended": "поручение закончено",
            "wish_made": "поручение дано",
        }.items()
    }
)
"""What each event of the audit log is called."""

RETENTION: Final = MappingProxyType(
    {
        "visited": "после приёма · after the visit",
        "cancelled": "после отмены · after a cancel",
        "rejected": "после отказа · after a refusal",
        "failed": "не отправлена · not sent",
        "resolved": "после сомнения · after a doubt",
    }
)
"""By which deadline a booking's patient goes; none while the booking is under way or in doubt."""

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
        IdentitySource: {"manual": "введено вручную", "esia": "Госуслуги", "broker": "Госуслуги через посредника"},
        PolicyMark: {
            "verified": "Госуслуги: проверен",
            "unverified": "Госуслуги: не проверен",
            "typed": "введён вручную",
        },
        WishKind: {
            "resolve_booked": "закрыть как записанную",
            "resolve_absent": "закрыть: записи нет",
            "cancel_booking": "отменить",
            "retry_booking": "повторить",
            "refresh_doctor": "прочитать расписание",
            "test_mapping": "проверить связь",
            "switch": "выключатель",
            "retry_failed": "повторить все неотправленные",
            "pause_retries": "приостановить повторы",
            "resume_retries": "продолжить повторы",
        },
        WishState: {
            "new": "ждёт",
            "running": "выполняется",
            "done": "выполнено",
            "refused": "отказано",
            "failed": "не удалось",
        },
        HoldState: {"held": "держится", "released": "отпущено", "expired": "истекло", "spent": "пошло в запись"},
        MappingOrigin: {"bitrix": "с сайта", "admin": "администратор"},
        MappingStatus: {"mapped": "связан", "unmapped": "не связан", "conflict": "конфликт"},
        Role: {role.value: russian for role, russian in ROLES.items()},
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
        AlertMessageKind: {"alerts": "тревоги", "test": "проверка"},
        AlertStanding: {"pending": "ещё не сообщается", "open": "открыта", "closed": "закончилась"},
        Severity: {"info": "к сведению", "warning": "предупреждение", "critical": "срочно"},
        Rule: {
            "worker_silent": "работник молчит",
            "gateway_silent": "шлюз молчит",
            "breaker_open": "ЕМИАС не отвечает",
            "success_low": "записи не удаются",
            "in_doubt": "исход неясен",
            "manual_waiting": "решает оператор",
            "certificate": "сертификат",
            "taken_after_hold": "занято после удержания",
            "sync_lag": "расписания отстают",
            "quarantine": "подозрительный ответ",
            "list_refused": "список не принят",
            "retention_overdue": "данные не стёрты",
            "errors": "ошибки",
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
