"""What the page of alerts says, Russian and English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["WORDS"]

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "title": ("Тревоги", "Alerts"),
        "none_open": ("Всё спокойно: открытых тревог нет", "All is calm: no alert is open"),
        "open": ("Открыто: {count}", "Open: {count}"),
        "since": ("с {time} МСК, {span}", "since {time} Moscow, {span}"),
        "told": ("сообщено в {time}", "told at {time}"),
        "not_told": ("ещё не сообщено", "not told yet"),
        "look": ("Показать на сводке", "Show on the dashboard"),
        "muted": ("Не беспокоить до {time}: {by} – {reason}", "Muted until {time}: {by} – {reason}"),
        "mute": ("Не беспокоить", "Do not disturb"),
        "wake": ("Снова беспокоить", "Disturb again"),
        "for": ("Сколько", "For"),
        "hours_1": ("1 час", "1 hour"),
        "hours_8": ("8 часов", "8 hours"),
        "hours_24": ("сутки", "a day"),
        "hours_168": ("неделю", "a week"),
        "reason": ("Почему, без личных данных", "Why, without personal data"),
        "is_muted": ("Записано: до этого времени о ней не сообщат", "Written: nothing is told of it until then"),
        "is_awake": ("Записано: о ней снова сообщают", "Written: it is told of again"),
        "say_why": ("Не записано: напишите, почему (до 300 знаков)", "Not written: say why (up to 300 characters)"),
        "is_over": ("Не записано: тревога уже закрыта", "Not written: the alert is closed by now"),
        "watch": ("Слежение и оповещение", "Watch and delivery"),
        "judged": ("Проверено", "Judged"),
        "ago": ("{time} назад, {by}", "{time} ago by {by}"),
        "never_judged": ("ещё ни разу: ни шлюз, ни работник не следят", "never: neither gateway nor worker watches"),
        "late": ("Сообщений в пути дольше минуты", "Messages under way for more than a minute"),
        "given_up": ("Сообщений не дошло за сутки", "Messages given up within a day"),
        "last_error": ("Последняя ошибка", "Last error"),
        "test": ("Отправить проверку", "Send a test"),
        "test_asked": ("Проверка отправляется: через несколько секунд обновите страницу и посмотрите, куда она дошла",
                       "The test is under way: renew the page in a few seconds and see where it arrived"),
        "ended": ("Закончились за неделю", "Ended within a week"),
        "what": ("Что было", "What it was"),
        "lasted": ("Длилась", "Lasted"),
        "closed": ("Закрыта", "Closed"),
        "no_ended": ("За неделю ничего не закончилось", "Nothing has ended within a week"),
        "messages": ("Сообщения", "Messages"),
        "made": ("Написано", "Written"),
        "message": ("О чём", "Of what"),
        "delivered": ("Дошло", "Delivered"),
        "state": ("Состояние", "State"),
        "state_sent": ("дошло всюду", "delivered everywhere"),
        "state_given_up": ("брошено", "given up"),
        "state_waiting": ("в пути, попыток {tries}: {why}", "under way, tries {tries}: {why}"),
        "state_new": ("отправляется", "being sent"),
        "no_messages": ("Сообщений ещё не было", "No messages yet"),
        "asked_by": ("просил {by}", "asked for by {by}"),
        "severity_critical": ("срочно", "critical"),
        "severity_warning": ("предупреждение", "warning"),
        "severity_info": ("к сведению", "info"),
    }
)  # fmt: skip
