"""What the dashboard says, in Russian and in English; a word's gaps are filled by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

__all__ = ["LANGUAGES", "Language", "Speech"]

Language = Literal["ru", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ru", "en")

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("Сводка", "Dashboard"),
        "site": ("Шлюз ЕМИАС", "EMIAS gateway"),
        "tables": ("Таблицы", "Tables"),
        "as_of": ("на {time} МСК", "as of {time} Moscow"),
        "stale": ("Не обновляется с {time}", "Not renewed since {time}"),
        "window_1h": ("1 час", "1 h"),
        "window_24h": ("24 часа", "24 h"),
        "window_7d": ("7 дней", "7 d"),
        "window": ("Период", "Window"),
        "can_book": ("Можно ли записаться сейчас", "Can patients book now"),
        "all_can": ("Да, во всех медучреждениях ({all})", "Yes, with every institution ({all})"),
        "some_can": ("Не везде: запись возможна в {some} из {all}", "Not everywhere: {some} of {all} can be booked"),
        "none_can": ("Нет: записаться нельзя нигде", "No: nothing can be booked"),
        "no_institutions": ("Медучреждения не заведены", "No institutions yet"),
        "bookable": ("Запись идёт", "Bookable"),
        "closed": ("Запись закрыта в админке", "Closed in the admin"),
        "calls_stopped": ("Обмен с ЕМИАС остановлен оператором", "Calls to EMIAS stopped by an operator"),
        "gateway_silent": ("Шлюз не отвечает", "The gateway is silent"),
        "certificate_over": ("Сертификат шлюза истёк", "Our certificate has expired"),
        "breaker_open": ("ЕМИАС не отвечает: предохранитель сработал", "EMIAS does not answer: the breaker is open"),
        "breaker_probe": ("ЕМИАС снова отвечает, первая запись проверит", "EMIAS is back; the next booking tries it"),
        "bookings_lost": ("Ни одна запись за 15 мин не удалась ({lost})", "No booking of 15 min came through ({lost})"),
        "no_doctors": ("Нет связанных врачей", "No mapped doctors"),
        "never_read": ("Расписания ещё не прочитаны", "Schedules not read yet"),
        "no_slots": ("Нет свободных слотов", "No free slots"),
        "emias_errors": ("ЕМИАС отвечает ошибками: {last_error}", "EMIAS answers with errors: {last_error}"),
        "some_lost": ("За 15 мин не удались {lost} из {sent}", "{lost} of {sent} lost in 15 min"),
        "worker_silent": ("Работник синхронизации молчит", "The sync worker is silent"),
        "reads_kept_back": ("Расписания не читаются: предохранитель", "Schedules kept back by the breaker"),
        "lagging": ("Расписания отстают: {lagging} из {doctors}", "Schedules lag: {lagging} of {doctors}"),
        "free_slots": ("{free_slots} свободных слотов, врачей {with_slots} из {doctors}",
                       "{free_slots} free slots, {with_slots} of {doctors} doctors"),
        "doubts": ("Исход неясен", "Bookings in doubt"),
        "doubts_none": ("Нет записей с неясным исходом", "No booking is in doubt"),
        "doubts_sum": ("{total}, из них ждут оператора {manual}", "{total}, of these {manual} wait for an operator"),
        "age": ("Возраст", "Age"),
        "booking": ("Запись", "Booking"),
        "who_next": ("Кто действует", "Who acts next"),
        "more_rows": ("ещё {count}", "{count} more"),
        "state_submitting": ("отправляется", "submitting"),
        "state_cancelling": ("отменяется", "cancelling"),
        "state_in_doubt": ("запись", "booking"),
        "state_cancel_in_doubt": ("отмена", "cancel"),
        "state_manual": ("решение", "decision"),
        "actor_operator": ("Оператор: решить", "Operator: decide"),
        "actor_looking": ("Шлюз сверяет сейчас", "Gateway is looking now"),
        "actor_next_look": ("Шлюз сверит {next}", "Gateway looks {next}"),
        "actor_late": ("Сверка опаздывает: проверьте работника", "Look is late: check the worker"),
        "actor_stopped": ("Ждёт: обмен остановлен", "Waits: calls are stopped"),
        "actor_recovery": ("Шлюз: прервана, подберёт", "Gateway: cut off, will take up"),
        "now": ("сейчас", "now"),
        "in_time": ("через {time}", "in {time}"),
        "latency": ("Ответ ЕМИАС", "EMIAS latency"),
        "latency_label": ("Время ответа ЕМИАС за период", "EMIAS latency over the window"),
        "requests": ("Запросов", "Requests"),
        "error_rate": ("Ошибок", "Errors"),
        "budget": ("Бюджет", "Budget"),
        "budget_hint": ("за последние 5 мин", "last 5 min"),
        "kept_back": ("Не ушло", "Kept back"),
        "no_calls": ("За период запросов не было", "No requests in the window"),
        "institution": ("ЛПУ", "LPU"),
        "switches": ("Предохранители и выключатели", "Breakers and switches"),
        "breaker_bookings": ("Запись", "Bookings"),
        "breaker_reads": ("Расписания", "Schedules"),
        "switch": ("Выключатели", "Switches"),
        "stands_0": ("работает", "working"),
        "stands_1": ("возвращается", "easing back"),
        "stands_2": ("ждёт пробы", "awaits a probe"),
        "stands_3": ("сработал", "open"),
        "stands_none": ("нет данных", "no word"),
        "stopped_sale": ("запись закрыта", "closed"),
        "stopped_calls": ("обмен остановлен", "calls stopped"),
        "stopped_retries": ("повторы остановлены", "retries stopped"),
        "all_on": ("всё включено", "all on"),
        "stopped_bookings": ("Записей с остановленной сверкой: {count}", "Bookings with looks stopped: {count}"),
        "processes": ("Процессы и сертификат", "Processes and certificate"),
        "gateway_process": ("Шлюз", "Gateway"),
        "sync_process": ("Работник синхронизации", "Sync worker"),
        "alive": ("живёт: {count}", "alive: {count}"),
        "silent": ("молчит", "silent"),
        "loops_silent": ("стоят: {loops}", "not turning: {loops}"),
        "certificate": ("Сертификат шлюза", "Our certificate"),
        "days_left": ("{days} дн.", "{days} d"),
        "years_left": ("больше 10 лет", "more than 10 years"),
        "no_certificate": ("не сообщался", "none told"),
        "lag": ("Свежесть расписаний", "Schedule freshness"),
        "lag_label": ("Врачи от самых отставших к свежим", "Doctors, the most behind first"),
        "lag_sum": ("свежих {good}, отстают {warn}, сильно {bad}, не читались {none}; всего {all}",
                    "{good} fresh, {warn} behind, {bad} far behind, {none} never read; {all} in all"),
        "lag_cell": ("{name} · {lpu_code}: {age}", "{name} · {lpu_code}: {age}"),
        "lag_cells": ("{count} врачей, хуже всех {name} · {lpu_code}: {age}",
                      "{count} doctors, the worst {name} · {lpu_code}: {age}"),
        "never": ("не читалось", "never read"),
        "doctor": ("Врач", "Doctor"),
        "read_at": ("Прочитано", "Read"),
        "last_error": ("Последняя ошибка", "Last error"),
        "all_fresh": ("Все расписания свежие", "Every schedule is fresh"),
        "no_doctors_yet": ("Связанных врачей нет", "No mapped doctors"),
        "errors": ("Ошибки по причинам", "Errors by cause"),
        "errors_none": ("За период ошибок ЕМИАС не было", "No errors of EMIAS in the window"),
        "cause": ("Причина", "Cause"),
        "times": ("Раз", "Times"),
        "seen": ("Впервые – в последний раз", "First – last seen"),
        "doctors": ("Врачей", "Doctors"),
        "mark": ("Отметка", "Mark"),
        "mark_new": ("новая", "new"),
        "mark_acknowledged": ("известна", "known"),
        "mark_muted": ("не беспокоить", "muted"),
        "funnel": ("От удержания до записи", "From hold to booking"),
        "funnel_label": ("Записи за период по итогу", "Bookings over the window by outcome"),
        "held": ("Удержано", "Held"),
        "submitted": ("Отправлено", "Submitted"),
        "booked": ("Записано", "Booked"),
        "taken": ("Время занято", "Taken"),
        "refused": ("Отказ ЕМИАС", "Refused"),
        "in_doubt": ("Исход неясен", "In doubt"),
        "failed": ("Не отправлено", "Not sent"),
        "under_way": ("Отправляется", "Under way"),
        "expired": ("Истекло", "Expired"),
        "taken_rate": ("Занято после удержания", "Taken after hold"),
        "taken_hint": ("доля отправленных; хорошо до 5 %", "of those submitted; good below 5 %"),
        "mappings": ("Связи врачей", "Mappings"),
        "mappings_none": ("Все врачи связаны", "Every doctor is mapped"),
        "without_mapping": ("Врачей без связи с ЕМИАС", "Doctors without a mapping"),
        "refused_lists": ("Выгрузок сайта ждут решения", "Site lists waiting for a decision"),
        "mirror_errors": ("Площадок не прочитано", "Sites not read"),
        "retention": ("Хранение личных данных", "Retention of personal data"),
        "oldest_patient": ("Старейшая запись с данными пациента", "Oldest booking with its patient"),
        "oldest_log": ("Старейшая строка журнала", "Oldest log row"),
        "overdue_keys": ("Просрочено ответов (ключи)", "Overdue answers (keys)"),
        "overdue_holds": ("Просрочено удержаний", "Overdue holds"),
        "none": ("нет", "none"),
        "code_malformed": ("лишние знаки в коде", "stray characters in a code"),
        "lpu_code_missing": ("не указан код ЛПУ", "no LPU code"),
        "emias_doctor_id_missing": ("не указан номер врача ЕМИАС", "no EMIAS doctor id"),
        "lpu_unknown": ("неизвестное ЛПУ", "unknown LPU"),
        "emias_doctor_id_taken": ("номер ЕМИАС занят другим врачом", "EMIAS id taken by another doctor"),
        "ending_failed": ("не прочитано", "read failed"),
        "ending_not_sent": ("не отправлено", "not sent"),
        "ending_unknown": ("исход неясен", "outcome unknown"),
        "ending_broken": ("сбой шлюза", "broken in us"),
        "ending_quarantined": ("ответ не принят", "not believed"),
        "operation_probe": ("проверка", "probe"),
        "operation_get_schedule": ("расписание", "schedule"),
        "operation_create_appointment": ("запись", "booking"),
        "operation_find_appointments": ("поиск записи", "look-up"),
        "operation_cancel_appointment": ("отмена", "cancel"),
        "cause_dns": ("имя ЕМИАС не найдено", "EMIAS's name not found"),
        "cause_connect": ("нет соединения", "no connection"),
        "cause_tls": ("TLS: сертификат не принят", "TLS refused"),
        "cause_pool": ("соединения заняты", "connections in use"),
        "cause_budget": ("бюджет исчерпан", "budget spent"),
        "cause_breaker": ("предохранитель сработал", "breaker open"),
        "cause_timeout": ("нет ответа вовремя", "no answer in time"),
        "cause_reset": ("соединение оборвано", "connection reset"),
        "cause_rate_limited": ("ЕМИАС просит подождать", "EMIAS asks to wait"),
        "cause_http_status": ("ошибка HTTP", "HTTP error"),
        "cause_not_xml": ("ответ не XML", "not XML"),
        "cause_truncated": ("ответ обрезан", "cut-off reply"),
        "cause_garbled": ("ответ испорчен", "garbled reply"),
        "cause_too_large": ("ответ слишком велик", "reply too large"),
        "cause_forbidden_xml": ("опасный XML", "forbidden XML"),
        "cause_fault_without_code": ("отказ без кода", "fault without a code"),
        "cause_contract_mismatch": ("ответ не по контракту", "not by the contract"),
        "cause_refused": ("ЕМИАС отказала", "EMIAS refused"),
        "cause_internal": ("внутренняя ошибка", "internal error"),
        "cause_broken": ("ошибка в шлюзе", "error in the gateway"),
        "cause_suspicious_reply": ("слоты внезапно пропали", "slots vanished at once"),
        "days": ("{n} дн.", "{n} d"),
        "hours": ("{n} ч", "{n} h"),
        "minutes": ("{n} мин", "{n} min"),
        "seconds": ("{n} с", "{n} s"),
        "milliseconds": ("{n} мс", "{n} ms"),
        "ago": ("{time} назад", "{time} ago"),
    }
)  # fmt: skip
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


class Speech:
    """One language's words and numbers."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)

    def say(self, key: str, **words: Any) -> str:
        """Say a word with its gaps filled; a code that has no word is said as it is."""
        said = _WORDS.get(key)
        return said[self._place].format(**words) if said else key.partition("_")[2] or key

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with this language's marks."""
        written = f"{value:,.{digits}f}"
        return written.replace(",", "\u202f").replace(".", ",") if self.language == "ru" else written

    def percent(self, part: float, whole: float) -> str:
        """Write a share; a dash where there is no whole."""
        if not whole:
            return "—"
        share = 100 * part / whole
        return f"{self.number(share, 1 if 0 < share < 10 else 0)}\u202f%"  # noqa: PLR2004 - one digit more below ten

    def latency(self, seconds: float | None) -> str:
        """Write a time that a call took."""
        if seconds is None:
            return "—"
        if seconds < 1:
            return self.say("milliseconds", n=self.number(round(seconds * 1000)))
        return self.say("seconds", n=self.number(seconds, 1))

    def span(self, span: timedelta | float) -> str:
        """Write a length of time by its two largest units."""
        seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
        if seconds < _MINUTE:
            return self.say("seconds", n=max(0, seconds))
        if seconds < _HOUR:
            return self.say("minutes", n=seconds // _MINUTE)
        if seconds < _DAY:
            minutes = seconds % _HOUR // _MINUTE
            return " ".join(
                [self.say("hours", n=seconds // _HOUR), *([self.say("minutes", n=minutes)] if minutes else [])]
            )
        return self.say("days", n=seconds // _DAY)
