"""What the pages of disclosures say, in Russian and in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from admin.words import VALUES
from gateway.domain.booking import BookingState

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "reveal_title": ("Показать данные пациента", "Show a patient's data"),
        "find_title": ("Найти записи по СНИЛС", "Find bookings by SNILS"),
        "to_booking": ("К записи", "To the booking"),
        "booking": ("Запись", "Booking"),
        "patient": ("Пациент", "Patient"),
        "doctor": ("Врач", "Doctor"),
        "starts_at": ("Приём", "Visit"),
        "state": ("Состояние", "State"),
        "number": ("Номер", "Number"),
        "one": ("Показать одно поле", "Show one field"),
        "choose": ("Какое", "Which"),
        "one_field": (
            "Показывается одно поле, один раз. Кто, когда, какое поле и почему — останется в журнале аудита навсегда.",
            "One field is shown, once. Who, when, which field and why stay in the audit log for good.",
        ),
        "limit": ("Не больше {n} за час на человека.", "At most {n} an hour for each person."),
        "field_name": ("Фамилия, имя, отчество", "Name"),
        "field_birth_date": ("Дата рождения", "Birth date"),
        "field_snils": ("СНИЛС", "SNILS"),
        "field_policy": ("Полис ОМС", "OMS policy"),
        "field_contact": ("Телефон или почта", "Contact"),
        "reason": ("Почему", "Why"),
        "reason_hint": (
            "Например: «пациент звонит, просит отменить». Без имён и номеров: причина видна в журнале.",
            "For instance: the patient calls and asks to cancel. No names or numbers: the log shows it.",
        ),
        "show": ("Показать", "Show"),
        "told": ("Показано сейчас", "Shown now"),
        "told_hint": (
            "Страница не хранится: после ухода с неё значение исчезнет. Запись в журнале аудита сделана.",
            "The page is not kept: the value is gone once you leave it. The audit log has its row.",
        ),
        "erased_already": (
            "Данные пациента стёрты по сроку хранения: показать нечего.",
            "The patient's data was erased by its deadline: there is nothing to show.",
        ),
        "snils": ("СНИЛС", "SNILS"),
        "snils_hint": (
            "11 цифр, с дефисами или без. Номер уходит работнику зашифрованным и нигде не остаётся.",
            "11 digits, with dashes or without. It goes to the worker sealed and stays nowhere.",
        ),
        "find": ("Найти", "Find"),
        "found": ("Найдено записей: {n}", "Bookings found: {n}"),
        "found_none": (
            "Записей с этим СНИЛС нет, или их след уже стёрт по сроку хранения.",
            "No booking has this SNILS, or its traces were erased by their deadline.",
        ),
        "reveal": ("Показать поле", "Show a field"),
        "refused": ("Не показано", "Not shown"),
        "choose_field": ("Выберите поле.", "Choose a field."),
        "personal_reason": (
            "В причине похоже на личный номер: уберите его.",
            "The reason seems to hold a personal number: leave it out.",
        ),
        "say_why": ("Напишите, почему: от 3 до 300 знаков.", "Write why: 3 to 300 characters."),
        "snils_format": ("Это не СНИЛС: нужно 11 цифр.", "This is no SNILS: it has 11 digits."),
        "snils_checksum": (
            "Контрольное число СНИЛС не сходится: проверьте цифры.",
            "The SNILS's check digits are wrong.",
        ),
        "too_many": (
            "За последний час вы уже запросили всё, что разрешено. Попробуйте позже или обратитесь к администратору.",
            "You have asked for all that an hour allows. Try later or turn to an administrator.",
        ),
        "silence": (
            "Работник (sync) не ответил за 10 секунд. Проверьте на сводке, жив ли он, и повторите.",
            "No worker (sync) has answered within 10 seconds. See on the dashboard whether one lives, and try again.",
        ),
        "busy": ("База данных занята, попробуйте ещё раз.", "The database is busy, try again."),
        "no_booking": ("Такой записи нет: она удалена по сроку хранения.", "No such booking: it was removed in time."),
        "erased": ("Данные пациента стёрты по сроку хранения.", "The patient's data was erased by its deadline."),
        "absent": ("Пациент не оставил телефона и почты.", "The patient left no contact."),
        "unreadable": (
            "Данные зашифрованы ключом, которого у работника нет (FIELD_KEYS, LOOKUP_KEY).",
            "The data is sealed by a key that the worker does not have (FIELD_KEYS, LOOKUP_KEY).",
        ),
        "expired": (
            "Ответ не забрали за минуту, и он стёрт. Запросите ещё раз.",
            "The answer was erased after a minute.",
        ),
        **{f"state_{state}": (said, str(state).replace("_", " ")) for state, said in VALUES[BookingState].items()},
    }
)
