"""What the page of refused lists says, Russian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("Выгрузки врачей на решении", "Doctor lists to decide on"),
        "lead": (("Если в списке сайта вдруг нет многих врачей, шлюз ему не верит: чаще всего сменили инфоблок или "
                  "права. Пока вы не решите, все врачи остаются на сайте."),
                 ("A list that suddenly lacks many doctors is not believed: most often an information block or rights "
                  "have changed. Until you decide, every doctor stays.")),
        "nothing": ("Решать нечего: последним спискам всех площадок верят.",
                    "Nothing to decide: the last list of every site is believed."),
        "figures": ("В списке {listed}, показывается {shown}, из них пропало {missing}",
                    "{listed} listed, {shown} shown, of these {missing} missing"),
        "since": ("впервые {first}, в последний раз {last} МСК", "first {first}, last {last} Moscow"),
        "who": ("Кто исчезнет", "Who would vanish"),
        "doctor": ("Врач", "Doctor"),
        "specialty": ("Специальность", "Specialty"),
        "element": ("ID на сайте", "Id on the site"),
        "bookings": ("Записей впереди", "Bookings ahead"),
        "bookings_stay": ("У них впереди записей: {count}. Они останутся; пациентов шлюз не предупреждает.",
                          "They have bookings ahead: {count}. These stay; the gateway does not tell the patients."),
        "examples": ("Список станет полным со следующим чтением сайта; пока известны: {names}",
                     "The whole list comes with the next reading; known so far: {names}"),
        "is_approved": ("Подтверждено: врачи скроются со следующим чтением списка, если в нём нет именно их.",
                        "Approved: the next list that lacks just these doctors hides them."),
        "sure": ("Этих врачей и правда убрали с сайта", "These doctors have really been taken off the site"),
        "reason": ("Почему", "Why"),
        "approve": ("Скрыть врачей: {count}", "Hide doctors: {count}"),
        "withdraw": ("Отозвать подтверждение", "Take the approval back"),
        "may_not": ("Решает администратор.", "An administrator decides."),
        "if_not": ("Если не убирали — исправьте настройки на сайте: строка исчезнет сама.",
                   "If not, put the site right: this goes by itself."),
        "approved": ("Подтверждено", "Approved"),
        "withdrawn": ("Подтверждение отозвано: врачи остаются", "Taken back: the doctors stay"),
        "another_list": ("Не записано: тем временем пришёл другой список. Посмотрите ниже ещё раз.",
                         "Not written: another list has come meanwhile. Look once more below."),
        "say_why": ("Не записано: отметьте, что врачей убрали, и напишите, почему (до 300 знаков).",
                    "Not written: tick that they are gone, and say why (up to 300 characters)."),
    }
)  # fmt: skip
