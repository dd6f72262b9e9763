"""The table of problems: stable code, status, and the words in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.http.problem_words import Words

__all__ = ["PROBLEM_KINDS", "ProblemKind"]


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A problem as every caller may meet it."""

    code: str
    status: int
    title: Words
    detail: Words

    @property
    def type(self) -> str:
        """Name the kind as RFC 9457 asks."""
        return f"urn:emias-gateway:problem:{self.code}"


def _kind(code: str, status: int, ru: tuple[str, str], en: tuple[str, str]) -> tuple[str, ProblemKind]:
    return code, ProblemKind(code, status, Words(ru[0], en[0]), Words(ru[1], en[1]))


_REQUEST: Final = (
    _kind(
        "bad_request",
        400,
        ("Запрос не понят", "Исправьте запрос: его нельзя прочитать."),
        ("Request not understood", "Correct the request: it cannot be read."),
    ),
    _kind(
        "malformed_json",
        400,
        ("Тело запроса не читается", "Пришлите в теле запроса один объект JSON в кодировке UTF-8."),
        ("Body cannot be read", "Send one JSON object in UTF-8 as the body of the request."),
    ),
    _kind(
        "idempotency_key_missing",
        400,
        ("Нет ключа идемпотентности", "Добавьте заголовок Idempotency-Key: новый для каждой отправки формы."),
        ("No idempotency key", "Add the header Idempotency-Key, a new one for each submission of the form."),
    ),
    _kind(
        "unauthorized",
        401,
        ("Ключ доступа не принят", "Пришлите действующий ключ: Authorization: Bearer egw_…"),
        ("Key not accepted", "Send a living key: Authorization: Bearer egw_…"),
    ),
    _kind(
        "scope_missing",
        403,
        ("Ключу это не разрешено", "Выпустите для сайта ключ с нужным правом (read, book, events или identity)."),
        (
            "Not allowed for this key",
            "Issue a key with the scope that the call needs (read, book, events or identity).",
        ),
    ),
    _kind(
        "not_found",
        404,
        ("Такого адреса нет", "Проверьте адрес по описанию /v1/openapi.json."),
        ("No such address", "Check the address against /v1/openapi.json."),
    ),
    _kind(
        "method_not_allowed",
        405,
        ("Метод не подходит", "Используйте метод из заголовка Allow."),
        ("Method not allowed", "Use a method that the header Allow names."),
    ),
    _kind(
        "body_too_slow",
        408,
        ("Тело запроса не пришло", "Повторите запрос: его тело не пришло целиком за 10 секунд."),
        ("Body did not arrive", "Repeat the request: its body did not arrive within 10 seconds."),
    ),
    _kind(
        "body_too_large",
        413,
        ("Тело запроса слишком велико", "Тело запроса не должно превышать 64 КиБ."),
        ("Body too large", "The body of the request must not exceed 64 KiB."),
    ),
    _kind(
        "unsupported_media_type",
        415,
        ("Нужен JSON", "Пришлите тело запроса с Content-Type: application/json."),
        ("JSON is needed", "Send the body with Content-Type: application/json."),
    ),
    _kind(
        "validation_failed",
        422,
        ("Проверьте данные", "Исправьте отмеченные поля и отправьте снова."),
        ("Check the data", "Correct the fields that are named and send again."),
    ),
    _kind(
        "rate_limited",
        429,
        ("Слишком много запросов", "Повторите чуть позже."),
        ("Too many requests", "Try again a little later."),
    ),
    _kind(
        "internal_error",
        500,
        ("Внутренняя ошибка", "Попробуйте позже. Если повторится, сообщите администратору номер запроса (request_id)."),
        ("Internal error", "Try again later. If it happens again, tell the administrator the request_id."),
    ),
    _kind(
        "temporarily_unavailable",
        503,
        ("Сервис временно недоступен", "Попробуйте через несколько секунд."),
        ("Temporarily unavailable", "Try again in a few seconds."),
    ),
)

_READING: Final = (
    _kind(
        "doctor_not_found",
        404,
        ("Врач не найден", "Обновите список врачей: этого врача в нём больше нет."),
        ("Doctor not found", "Reload the list of doctors: this one is no longer in it."),
    ),
    _kind(
        "slot_not_found",
        404,
        ("Время не найдено", "Обновите расписание и выберите другое время."),
        ("Slot not found", "Reload the schedule and choose another time."),
    ),
    _kind(
        "hold_not_found",
        404,
        ("Бронь не найдена", "Выберите время ещё раз."),
        ("Hold not found", "Choose the time again."),
    ),
    _kind(
        "booking_not_found",
        404,
        ("Запись не найдена", "Проверьте номер талона и дату рождения или идентификатор записи."),
        ("Booking not found", "Check the ticket number and the birth date, or the id of the booking."),
    ),
)

_BOOKING: Final = (
    _kind(
        "slot_held",
        409,
        ("Это время сейчас оформляет другой пациент", "Выберите другое время или попробуйте через пять минут."),
        ("Another patient is booking this time", "Choose another time, or try again in five minutes."),
    ),
    _kind(
        "slot_taken",
        409,
        ("Это время уже занято", "Выберите другое время: ближайшие свободные указаны в alternatives."),
        ("This time is taken", "Choose another time: the nearest free ones are in alternatives."),
    ),
    _kind(
        "patient_already_booked",
        409,
        (
            "Пациент уже записан к этому врачу",
            "Посмотрите свои записи: запись к этому врачу уже есть. Чтобы сменить время, сначала отмените её.",
        ),
        (
            "Already booked with this doctor",
            "Look at your appointments: there is one with this doctor. To change its time, cancel it first.",
        ),
    ),
    _kind(
        "patient_busy",
        409,
        ("У пациента есть другая запись на это время", "Выберите другое время или отмените ту запись."),
        ("Another appointment at this time", "Choose another time, or cancel the other appointment."),
    ),
    _kind(
        "booking_failed",
        409,
        ("Запись не состоялась", "Талон в ЕМИАС не создан. Выберите время и запишитесь ещё раз."),
        ("The booking was not made", "EMIAS has made no appointment. Choose a time and book again."),
    ),
    _kind(
        "renewals_exhausted",
        409,
        ("Бронь больше не продлить", "Отправьте форму до конца брони или выберите время ещё раз."),
        ("No more renewals", "Submit the form before the hold ends, or choose a time again."),
    ),
    _kind(
        "not_cancellable",
        409,
        ("Запись нельзя отменить", "Отменить её через сайт уже нельзя. Позвоните в регистратуру."),
        ("Cannot be cancelled", "It can no longer be cancelled on the site. Call the reception desk."),
    ),
    _kind(
        "idempotency_in_progress",
        409,
        (
            "Запрос ещё выполняется",
            "Первый запрос с этим ключом ещё выполняется. Повторите чуть позже с тем же ключом.",
        ),
        ("Still in progress", "The first request with this key is still running. Repeat it later with the same key."),
    ),
    _kind(
        "hold_expired",
        410,
        ("Бронь истекла", "Пять минут прошли. Выберите время ещё раз: оно может быть ещё свободно."),
        ("The hold has expired", "Five minutes have passed. Choose the time again: it may still be free."),
    ),
    _kind(
        "idempotency_key_reused",
        422,
        ("Ключ идемпотентности уже использован", "С этим ключом уже отправлен другой запрос. Возьмите новый ключ."),
        ("Idempotency key reused", "Another request was sent with this key. Take a new one."),
    ),
    _kind(
        "patient_rejected",
        422,
        ("ЕМИАС не записала пациента", "Проверьте данные пациента или обратитесь в регистратуру."),
        ("EMIAS did not book the patient", "Check the patient's data, or ask the reception desk."),
    ),
    _kind(
        "too_many_holds",
        429,
        ("Слишком много броней", "Завершите или отпустите начатые записи, затем выберите новое время."),
        ("Too many holds", "Finish or release the bookings you have begun, then choose a new time."),
    ),
    _kind(
        "identity_off",
        501,
        ("Вход через Госуслуги не включён", "Заполните данные пациента в форме."),
        ("Gosuslugi login is off", "Fill in the patient's data in the form."),
    ),
    _kind(
        "emias_refused",
        502,
        ("ЕМИАС отказала в записи", "Запись не создана. Позвоните в регистратуру или выберите другое время."),
        ("EMIAS refused", "Nothing was booked. Call the reception desk or choose another time."),
    ),
    _kind(
        "emias_unavailable",
        503,
        ("ЕМИАС сейчас недоступна", "Запрос в ЕМИАС не отправлен, ничего не изменилось. Повторите чуть позже."),
        ("EMIAS is not available", "Nothing was sent to EMIAS and nothing has changed. Try again a little later."),
    ),
)

_IDENTITY: Final = (
    _kind(
        "login_mismatch",
        403,
        ("Вход начат в другом окне", "Вернитесь на сайт и войдите через Госуслуги ещё раз."),
        ("The login was begun elsewhere", "Go back to the site and log in through Gosuslugi again."),
    ),
    _kind(
        "login_refused",
        403,
        ("Госуслуги не подтвердили вход", "Войдите ещё раз или заполните данные пациента в форме."),
        ("Gosuslugi did not confirm the login", "Log in again, or fill in the patient's data in the form."),
    ),
    _kind(
        "ticket_mismatch",
        403,
        ("Вход выполнен в другом окне", "Войдите через Госуслуги ещё раз или заполните данные пациента в форме."),
        ("The login is another visitor's", "Log in through Gosuslugi again, or fill in the patient's data."),
    ),
    _kind(
        "login_expired",
        410,
        ("Вход не завершён вовремя", "Войдите через Госуслуги ещё раз: вход можно завершить один раз, за 10 минут."),
        ("The login is over", "Log in through Gosuslugi again: a login is finished once, within 10 minutes."),
    ),
    _kind(
        "ticket_expired",
        410,
        ("Вход через Госуслуги больше не действует", "Войдите ещё раз или заполните данные пациента в форме."),
        ("The Gosuslugi login is over", "Log in again, or fill in the patient's data in the form."),
    ),
    _kind(
        "login_failed",
        502,
        ("Войти через Госуслуги не удалось", "Попробуйте ещё раз или заполните данные пациента в форме."),
        ("The Gosuslugi login failed", "Try again, or fill in the patient's data in the form."),
    ),
    _kind(
        "identity_unavailable",
        503,
        ("Вход через Госуслуги сейчас недоступен", "Заполните данные пациента в форме или попробуйте позже."),
        ("Gosuslugi login is not available", "Fill in the patient's data in the form, or try again later."),
    ),
)

PROBLEM_KINDS: Final = MappingProxyType(dict((*_REQUEST, *_READING, *_BOOKING, *_IDENTITY)))
"""Every problem that the door can tell, by code."""
