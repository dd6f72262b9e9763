"""The invented doctors that the EMIAS stand-in and the Bitrix stand-in both know."""

from __future__ import annotations

import random
from dataclasses import dataclass

__all__ = ["INSTITUTIONS", "SPECIALTIES", "Doctor", "make_roster"]

INSTITUTIONS = {"0101": "Поликлиника № 1", "0202": "Поликлиника № 2"}
SPECIALTIES = (
    (10, "Терапевт"),
    (20, "Кардиолог"),
    (30, "Невролог"),
    (40, "Офтальмолог"),
    (50, "Оториноларинголог"),
    (60, "Эндокринолог"),
    (70, "Хирург"),
)
_ATTEMPTS = 1000
_FIRST_EMIAS_ID = {"0101": 41001, "0202": 52001}
_WOMEN = (
    ("Верещагина", "Ольшанская", "Тихомирова", "Рябинина", "Лазурина", "Беломорова", "Заречная", "Снегирёва"),
    ("Анна", "Мария", "Елена", "Вера", "Надежда", "Ксения", "Полина"),
    ("Андреевна", "Павловна", "Ильинична", "Сергеевна", "Львовна"),
)
_MEN = (
    ("Верещагин", "Ольшанский", "Тихомиров", "Рябинин", "Лазурин", "Беломоров", "Заречный", "Снегирёв"),
    ("Андрей", "Павел", "Илья", "Сергей", "Лев", "Григорий", "Фёдор"),
    ("Андреевич", "Павлович", "Ильич", "Сергеевич", "Львович"),
)


@dataclass(frozen=True, slots=True)
class Doctor:
    """Describe a doctor by EMIAS's own identifiers."""

    lpu_code: str
    emias_id: int
    name: str
    specialty_id: int
    specialty: str
    room: str


def make_roster(seed: int, count: int) -> tuple[Doctor, ...]:
    """Invent `count` doctors, the same ones for the same seed, spread over both institutions."""
    chance = random.Random(f"roster/{seed}")  # noqa: S311 - a reproducible invention, no secret
    taken: set[str] = set()
    return tuple(_invent(chance, index, taken) for index in range(count))


def _invent(chance: random.Random, index: int, taken: set[str]) -> Doctor:
    lpu_code = list(INSTITUTIONS)[index % len(INSTITUTIONS)]
    specialty_id, specialty = SPECIALTIES[(index // len(INSTITUTIONS)) % len(SPECIALTIES)]
    return Doctor(
        lpu_code=lpu_code,
        emias_id=_FIRST_EMIAS_ID[lpu_code] + index // len(INSTITUTIONS),
        name=_name(chance, taken),
        specialty_id=specialty_id,
        specialty=specialty,
        room=f"каб. {chance.randint(1, 4)}{chance.randint(1, 24):02d}",
    )


def _name(chance: random.Random, taken: set[str]) -> str:
    names = (" ".join(map(chance.choice, chance.choice((_WOMEN, _MEN)))) for _ in range(_ATTEMPTS))
    name = next((name for name in names if name not in taken), f"Безымянный {len(taken)}")
    taken.add(name)
    return name
