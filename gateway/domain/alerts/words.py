"""What an alert says: the trouble and the next step, Russian with the English beside it.

Nothing but codes, counts and spans of time is put into the gaps: no patient's data can be in an alert.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from gateway.domain.alerts.alert import Finding, Rule, Severity

__all__ = ["SEVERITIES", "Said", "said_of"]


@dataclass(frozen=True, slots=True)
class Said:
    """The trouble, what to do about it, and the part of the dashboard that shows it."""

    what: str
    advice: str
    panel: str


SEVERITIES: Final = MappingProxyType(
    {
        Severity.CRITICAL: "срочно · critical",
        Severity.WARNING: "предупреждение · warning",
        Severity.INFO: "к сведению · info",
    }
)
_OPERATIONS: Final = MappingProxyType(
    {
        "probe": "проверка · probe",
        "get_schedule": "чтение расписания · schedule read",
        "create_appointment": "запись · booking",
        "find_appointments": "поиск записи · look-up",
        "cancel_appointment": "отмена · cancel",
    }
)
_LANES: Final = MappingProxyType({"bookings": "запись · bookings", "reads": "расписания · schedules"})
_WORDS: Final[Mapping[Rule, Said]] = MappingProxyType(
    {
        Rule.WORKER_SILENT: Said(
            "Работник синхронизации молчит{loops} · The sync worker is silent{loops}",
            "Запустите его и посмотрите его журнал: сомнительные записи сейчас не сверяются"
            " · Start it and look at its log: bookings in doubt are not looked into now",
            "processes",
        ),
        Rule.GATEWAY_SILENT: Said(
            "Шлюз молчит: сайт не может записывать · The gateway is silent: the site cannot book",
            "Запустите его и посмотрите его журнал · Start it and look at its log",
            "processes",
        ),
        Rule.BREAKER_OPEN: Said(
            "ЕМИАС {lpu_code} не отвечает {minutes} мин ({lane})"
            " · EMIAS of {lpu_code} has not answered for {minutes} min ({lane})",
            "Проверьте канал и сертификат: emias-gateway check; если у нас всё в порядке, звоните в поддержку ЕМИАС"
            " · Run emias-gateway check; if all is well here, call EMIAS's support",
            "switches",
        ),
        Rule.SUCCESS_LOW: Said(
            "{subject}: за {minutes} мин не удались {lost} записей из {sent}"
            " · {subject}: {lost} of {sent} bookings of {minutes} min did not come through",
            "Посмотрите группы ошибок: причина там · Look at the error groups for the cause",
            "errors",
        ),
        Rule.IN_DOUBT: Said(
            "{subject}: исход записи неясен {minutes} мин, таких записей {count}"
            " · {subject}: a booking has been in doubt for {minutes} min, {count} in all",
            "Откройте запись со сводки: там написано, кто действует дальше"
            " · Open the booking from the dashboard: it says who acts next",
            "doubts",
        ),
        Rule.MANUAL_WAITING: Said(
            "{subject}: записей ждут решения оператора: {count}"
            " · {subject}: bookings that wait for an operator: {count}",
            "Найдите запись в ЕМИАС по телефону или на месте и отметьте, есть она или нет"
            " · Find out from the institution whether the appointment exists, and mark it",
            "doubts",
        ),
        Rule.CERTIFICATE: Said(
            "Сертификат шлюза ({subject}): осталось дней: {days} · Our certificate ({subject}): days left: {days}",
            "Закажите новый и положите его файлы на место старых: перезапуск не нужен (certs/README.md)"
            " · Order a new one and put its files in the old one's place, no restart needed (certs/README.md)",
            "processes",
        ),
        Rule.TAKEN_AFTER_HOLD: Said(
            "{subject}: за {minutes} мин занято после удержания {taken} из {sent}"
            " · {subject}: {taken} of {sent} were taken after a hold within {minutes} min",
            "Расписания читаются слишком редко: уменьшите SYNC_SHORTEST или попросите у ЕМИАС больше запросов"
            " · Schedules are read too seldom: lower SYNC_SHORTEST, or ask EMIAS for more calls",
            "funnel",
        ),
        Rule.SYNC_LAG: Said(
            "{subject}: расписания отстают больше чем на {intervals} срока: {lagging} из {all}"
            " · {subject}: schedules are more than {intervals} intervals old: {lagging} of {all}",
            "Посмотрите полосу врачей и последнюю ошибку · Look at the strip of doctors and the last error",
            "lag",
        ),
        Rule.QUARANTINE: Said(
            "{subject}: ЕМИАС прислала подозрительные расписания, врачей: {count}"
            " · {subject}: EMIAS sent schedules that were not believed, doctors: {count}",
            "Сравните с ЕМИАС: если слоты и правда сняты, ничего делать не надо, третьему такому ответу шлюз поверит"
            " · Compare with EMIAS: if the slots are really gone, do nothing, the third such reply is believed",
            "lag",
        ),
        Rule.LIST_REFUSED: Said(
            "Сайт {subject}: список врачей не принят, в нём нет {missing} из показываемых"
            " · Site {subject}: the list of doctors was refused, {missing} of those shown are missing",
            "Проверьте инфоблок врачей; если врачи ушли, подтвердите список в админке"
            " · Look at the site's doctors; if they have left, approve the list in the admin",
            "mappings",
        ),
        Rule.RETENTION_OVERDUE: Said(
            "Личные данные не стёрты в срок ({subject}): строк {rows}, опоздание в днях: {days}"
            " · Personal data not erased in time ({subject}): rows {rows}, days late: {days}",
            "Посмотрите, работает ли работник синхронизации, и выполните emias-gateway retention run"
            " · See whether the sync worker runs, and run emias-gateway retention run",
            "retention",
        ),
        Rule.ERRORS: Said(
            "ЕМИАС {lpu_code}, {operation}: {cause}, раз: {times}, врачей: {doctors}"
            " · EMIAS of {lpu_code}, {operation}: {cause}, times: {times}, doctors: {doctors}",
            "Откройте группу ошибок; когда причина понята, отметьте её известной"
            " · Open the error group; once the cause is known, mark it so",
            "errors",
        ),
    }
)
_ENDED: Final = (
    "Сертификат шлюза ({subject}) истёк: по нему нас больше не пускают"
    " · Our certificate ({subject}) has expired: it no longer lets us in"
)


def said_of(finding: Finding) -> Said:
    """Put the figures into the rule's words."""
    words = _WORDS[finding.rule]
    gaps = {"subject": finding.subject, **finding.figures}
    if gaps.get("loops"):
        gaps["loops"] = f" ({gaps['loops']})"
    if "lane" in gaps:
        gaps["lane"] = _LANES.get(str(gaps["lane"]), gaps["lane"])
    if "operation" in gaps:
        gaps["operation"] = _OPERATIONS.get(str(gaps["operation"]), gaps["operation"])
    what = _ENDED if gaps.get("ended") else words.what
    return Said(_in_two(what, gaps), words.advice, words.panel)


def _in_two(words: str, gaps: Mapping[str, object]) -> str:
    """Fill both halves; what is itself said in two languages goes half by half."""
    halves = words.split(" · ")
    return " · ".join(half.format(**_halves(gaps, place)) for place, half in enumerate(halves))


def _halves(gaps: Mapping[str, object], place: int) -> dict[str, object]:
    return {
        name: value.split(" · ")[min(place, value.count(" · "))] if isinstance(value, str) else value
        for name, value in gaps.items()
    }
