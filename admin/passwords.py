"""Rules of a password: long, not the user's name, not one that everybody tries first."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["SHORTEST", "check_password"]

SHORTEST: Final = 12
_LONGEST: Final = 128
_LEAST_SIGNS: Final = 5
_TRIED_FIRST: Final = (
    "abcdefgh access admin administrator asdfgh asdfghjkl changeme clinic default doctor dragon emias gateway "
    "gfhjkm hello iloveyou letmein login master monkey moscow parol password passw0rd polyclinic qazwsx "
    "qazwsxedc qweasd qweasdzxc qwerty qwertyui qwertyuiop root secret superuser system test trustno user "
    "welcome zxcvbn zxcvbnm админ администратор врач емиас йцукен йцукенгшщзхъ клиника москва пароль "
    "поликлиника привет фыва фывапролдж ячсмить"
)
_COMMON: Final = frozenset(_TRIED_FIRST.split())
_ROWS: Final = ("0123456789" * 13, "abcdefghijklmnopqrstuvwxyz", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
_TAIL: Final = re.compile(r"[\W\d_]+")


def check_password(password: str, username: str = "") -> None:
    """Raise `ValueError`, in words for both languages, when a password breaks a rule."""
    folded = password.casefold()
    name = username.strip().casefold()
    for is_broken, russian, english in (
        (len(password) < SHORTEST, f"короче {SHORTEST} знаков", f"is shorter than {SHORTEST} characters"),
        (len(password) > _LONGEST, f"длиннее {_LONGEST} знаков", f"is too long, more than {_LONGEST} characters"),
        (bool(name) and name in folded, "содержит имя", "contains the user name"),
        (_is_common(folded), "слишком простой: такие пробуют первыми", "is too common: it is tried first"),
    ):
        if is_broken:
            raise ValueError(f"пароль {russian} · the password {english}")


def _is_common(folded: str) -> bool:
    words = [word for word in _TAIL.split(folded) if word]
    return (
        len(set(folded)) < _LEAST_SIGNS
        or (bool(words) and all(_halved(word) in _COMMON for word in words))
        or any(folded in row or folded in row[::-1] for row in _ROWS)
    )


def _halved(word: str) -> str:
    """Return the part that a word repeats, for `qwertyqwerty`."""
    half = word[: len(word) // 2]
    return half if half and half * 2 == word else word
