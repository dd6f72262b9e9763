"""The business refusals of the contract: code, field and message of the typed `ScheduleFault`."""

from __future__ import annotations

__all__ = ["REFUSALS", "RefusalError"]

REFUSALS = {
    "SLOT_TAKEN": "Выбранное время уже занято",
    "SLOT_LOCKED": "Выбранное время временно заблокировано",
    "SLOT_NOT_FOUND": "Слот не найден",
    "SLOT_IN_PAST": "Время приёма уже прошло",
    "PATIENT_ALREADY_BOOKED": "Пациент уже записан к этому врачу",
    "PATIENT_BUSY": "У пациента есть другая запись на это время",
    "PATIENT_NOT_FOUND": "Пациент не найден",
    "PATIENT_DATA_MISMATCH": "Данные пациента не совпадают с данными регистра",
    "NOT_ATTACHED": "Пациент не прикреплён к медицинской организации",
    "POLICY_INVALID": "Полис ОМС не действует",
    "AGE_OR_SEX": "Врач не принимает пациентов этого возраста или пола",
    "REFERRAL_REQUIRED": "Для записи требуется направление",
    "LIMIT_REACHED": "Превышено допустимое число записей",
    "VALIDATION": "Неверное значение поля",
    "ACCESS_DENIED": "Нет доступа к медицинской организации",
    "APPOINTMENT_NOT_FOUND": "Запись не найдена",
    "ALREADY_CANCELLED": "Запись уже отменена",
    "CANCEL_TOO_LATE": "Отменить запись уже нельзя",
    "NO_SLOTS": "Нет свободного времени",
    "SESSION_EXPIRED": "Сессия завершена",
    "INTERNAL": "Внутренняя ошибка",
}


class RefusalError(Exception):
    """Refuse a call for a reason that the contract names."""

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.message = REFUSALS[code]
