"""The scripted persons who can log in; nobody of them exists, all check digits are right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["PERSONS", "Child", "Person", "Policy", "person_of"]


@dataclass(frozen=True, slots=True, repr=False)
class Policy:
    """Describe an OMS policy as ESIA keeps it; only the old form has a series."""

    number: str
    status: Literal["VERIFIED", "NOT_VERIFIED"]
    series: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Child:
    """Describe a child in a parent's account; `birth_date` is `DD.MM.YYYY`."""

    oid: int
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: str
    gender: Literal["F", "M"]
    snils: str | None
    policies: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """Describe an account; `key` names the button that logs it in, `note` says what is special about it."""

    key: str
    note: str
    oid: int
    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: str
    gender: Literal["F", "M"]
    snils: str | None
    policies: tuple[Policy, ...] = ()
    children: tuple[Child, ...] = ()
    trusted: bool = True
    refuses: bool = False

    @property
    def name(self) -> str:
        """Write the name as a page shows it."""
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)


_CHILDREN = (
    Child(
        1000300091,
        "Рощин",
        "Артём",
        "Кириллович",
        "31.12.2010",
        "M",
        "167-761-167 02",
        (Policy("7787989718000126", "VERIFIED"),),
    ),
    Child(1000300092, "Рощина", "Майя", "Кирилловна", "08.08.2014", "F", "178-871-178 31"),
)

PERSONS: Final = (
    Person(
        "verified",
        "подтверждённая запись, полис проверен",
        1000300001,
        "Каштанова",
        "Вера",
        "Павловна",
        "14.03.1985",
        "F",
        "112-233-445 95",
        (Policy("7756410885000127", "VERIFIED"),),
    ),
    Person(
        "unverified",
        "полис вписан самим человеком, не проверен",
        1000300002,
        "Порогов",
        "Пётр",
        "Ильич",
        "02.01.1948",
        "M",
        "087-654-303 00",
        (Policy("5078150847000121", "NOT_VERIFIED"),),
    ),
    Person(
        "old_policy",
        "полис старого образца: серия и номер",
        1000300003,
        "Верескова",
        "Лидия",
        "Ивановна",
        "05.05.1978",
        "F",
        "111-222-333 72",
        (Policy("3456789", "VERIFIED", series="770012"),),
    ),
    Person(
        "two_policies",
        "два полиса: старый не проверен, новый проверен",
        1000300004,
        "Озёров",
        "Николай",
        "Петрович",
        "09.09.1969",
        "M",
        "123-321-123 88",
        (Policy("9876543", "NOT_VERIFIED", series="770034"), Policy("7750030840000156", "VERIFIED")),
    ),
    Person(
        "no_policy",
        "полиса нет",
        1000300005,
        "Ручьёв",
        "Семён",
        "Андреевич",
        "17.02.1990",
        "M",
        "134-431-134 16",
    ),
    Person(
        "no_middle_name",
        "без отчества",
        1000300006,
        "Линде",
        "Эльза",
        None,
        "23.06.1992",
        "F",
        "145-541-145 45",
        (Policy("7753700876000182", "VERIFIED"),),
    ),
    Person(
        "unconfirmed",
        "запись не подтверждена, СНИЛС нет",
        1000300007,
        "Мостова",
        "Инна",
        "Олеговна",
        "11.11.1986",
        "F",
        None,
        trusted=False,
    ),
    Person(
        "refuses",
        "не разрешит доступ к данным",
        1000300008,
        "Тополев",
        "Глеб",
        "Юрьевич",
        "30.10.1975",
        "M",
        "189-981-189 60",
        refuses=True,
    ),
    Person(
        "parent",
        "родитель двоих детей: у сына полис, у дочери нет",
        1000300009,
        "Рощин",
        "Кирилл",
        "Львович",
        "01.04.1983",
        "M",
        "156-651-156 74",
        (Policy("7755610848000202", "VERIFIED"),),
        _CHILDREN,
    ),
)


def person_of(key: str) -> Person | None:
    """Find a person by the button's name."""
    return next((person for person in PERSONS if person.key == key), None)
