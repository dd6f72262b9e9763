"""Which of the two languages a caller reads."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Language", "preferred"]


class Language(StrEnum):
    """Languages in which problems are told."""

    RU = "ru"
    EN = "en"


def preferred(accept_language: str | None) -> Language:
    """Choose by the weights of an `Accept-Language`; Russian when it names neither or cannot be read."""
    weights = {Language.RU: -1.0, Language.EN: -1.0}
    for part in (accept_language or "").lower().split(","):
        tag, _, parameters = part.partition(";")
        weight = _weight(parameters)
        for language in _meant(tag.strip()):
            weights[language] = max(weights[language], weight)
    return Language.EN if weights[Language.EN] > max(weights[Language.RU], 0.0) else Language.RU


def _meant(tag: str) -> tuple[Language, ...]:
    primary = tag.partition("-")[0]
    return (Language(primary),) if primary in set(Language) else ()


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
