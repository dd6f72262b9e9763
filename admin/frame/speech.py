"""Words and numbers of a page in one language; a word's gaps are filled by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, Literal

__all__ = ["LANGUAGES", "Language", "Speech", "language_of"]

Language = Literal["ru", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("ru", "en")

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "site": ("Шлюз ЕМИАС", "EMIAS gateway"),
        "dashboard": ("Сводка", "Dashboard"),
        "tables": ("Таблицы", "Tables"),
        "account": ("Учётная запись", "Account"),
        "none": ("нет", "none"),
        "days": ("{n} дн.", "{n} d"),
        "hours": ("{n} ч", "{n} h"),
        "minutes": ("{n} мин", "{n} min"),
        "seconds": ("{n} с", "{n} s"),
        "milliseconds": ("{n} мс", "{n} ms"),
    }
)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def language_of(asked: str | None) -> Language:
    """Find a language by its code; Russian where there is none such."""
    return next((each for each in LANGUAGES if each == asked), LANGUAGES[0])


class Speech:
    """One language's words and numbers; a room's own words come before those of the frame."""

    def __init__(self, language: Language, words: Mapping[str, tuple[str, str]]) -> None:
        self.language = language
        self._place = LANGUAGES.index(language)
        self._words = words

    def say(self, key: str, **words: Any) -> str:
        """Say a word with its gaps filled; a code that has no word is said as it is."""
        said = self._words.get(key) or _WORDS.get(key)
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
