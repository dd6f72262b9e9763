"""Who is booked: SNILS, OMS policy, names. Values mask themselves wherever they are printed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.domain.errors import FieldError

__all__ = ["OmsPolicy", "Patient", "PolicyKind", "Sex", "Snils", "parse_birth_date", "parse_name"]

_SNILS_FORM = re.compile(r"\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{2}", re.ASCII)
_LAST_UNCHECKED_SNILS = 1_001_998
_NAME_FORM = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’()\-])*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MAX_NAME = 100
_OLDEST_BIRTH = date(1900, 1, 1)


class Sex(StrEnum):
    """Sex as registries write it."""

    FEMALE = "F"
    MALE = "M"


class PolicyKind(StrEnum):
    """Kinds of compulsory health insurance (OMS) policy in circulation."""

    ENP = "enp"
    OLD = "old"
    TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True, repr=False)
class Snils:
    """An insurance number of eleven digits with a right control number (checked above 001-001-998)."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Snils:
        """Read a SNILS with or without dashes and spaces; raise `FieldError` when it cannot be one."""
        stripped = text.strip()
        if not _SNILS_FORM.fullmatch(stripped):
            raise FieldError("snils", "snils_format")
        digits = re.sub(r"[- ]", "", stripped)
        number = int(digits[:9])
        if number == 0:
            raise FieldError("snils", "snils_format")
        if number > _LAST_UNCHECKED_SNILS and _snils_control(digits) != int(digits[9:]):
            raise FieldError("snils", "snils_checksum")
        return cls(digits)

    def dashed(self) -> str:
        """Return the form printed on the card, `NNN-NNN-NNN CC`."""
        d = self.digits
        return f"{d[:3]}-{d[3:6]}-{d[6:9]} {d[9:]}"

    def __repr__(self) -> str:
        return f"Snils(***-***-*** {self.digits[-2:]})"

    __str__ = __repr__


def _snils_control(digits: str) -> int:
    weighted = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(9, 0, -1), strict=True))
    return weighted % 101 % 100


@dataclass(frozen=True, slots=True, repr=False)
class OmsPolicy:
    """A compulsory health insurance policy: ENP (16 digits, Luhn), an old series + number, or a temporary number."""

    kind: PolicyKind
    number: str
    series: str | None = None

    @classmethod
    def parse(cls, number: str, series: str | None = None, kind: PolicyKind | None = None) -> OmsPolicy:
        """Read a policy, telling its kind by its form when none is given; raise `FieldError` on a wrong one."""
        digits = re.sub(r"[- ]", "", number.strip())
        tidy_series = (series or "").strip() or None
        told = kind or _kind_by_form(digits, tidy_series)
        if told is PolicyKind.ENP:
            return cls(told, _checked_enp(digits))
        limit = {PolicyKind.OLD: r"\d{6,16}", PolicyKind.TEMPORARY: r"\d{9}"}[told]
        if not re.fullmatch(limit, digits, re.ASCII):
            raise FieldError("oms.number", "oms_format")
        if tidy_series and not re.fullmatch(r"[\w -]{1,16}", tidy_series):
            raise FieldError("oms.series", "oms_format")
        return cls(told, digits, tidy_series)

    def __repr__(self) -> str:
        return f"OmsPolicy({self.kind.value}, ***)"

    __str__ = __repr__


def _kind_by_form(digits: str, series: str | None) -> PolicyKind:
    if series:
        return PolicyKind.OLD
    return PolicyKind.TEMPORARY if re.fullmatch(r"\d{9}", digits, re.ASCII) else PolicyKind.ENP


def _checked_enp(digits: str) -> str:
    if not re.fullmatch(r"\d{16}", digits, re.ASCII):
        raise FieldError("oms.number", "enp_format")
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(digits)]
    if sum(d - 9 if d > 9 else d for d in doubled) % 10:  # noqa: PLR2004 - Luhn's own nine
        raise FieldError("oms.number", "enp_checksum")
    return digits


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """The person to be booked; an absent middle name is None, never an empty string."""

    last_name: str
    first_name: str
    middle_name: str | None
    birth_date: date
    snils: Snils
    oms: OmsPolicy
    sex: Sex | None = None

    def mask(self) -> str:
        """Return what an operator may see without a reveal: initials and the control number of the SNILS."""
        initials = ". ".join(name[0] for name in (self.last_name, self.first_name, self.middle_name) if name)
        return f"{initials}., СНИЛС …{self.snils.digits[-2:]}"

    def __repr__(self) -> str:
        return "Patient(***)"

    __str__ = __repr__


def parse_name(field: str, text: str) -> str:
    """Tidy a part of a person's name, accents composed; raise `FieldError` when it cannot be one."""
    given = unicodedata.normalize("NFC", text.strip())
    tidy = " ".join(given.split())
    if len(tidy) > _MAX_NAME or _CONTROL.search(given) or not _NAME_FORM.fullmatch(tidy):
        raise FieldError(field, "name_format")
    return tidy


def parse_birth_date(text: str, today: date) -> date:
    """Read `YYYY-MM-DD` or `DD.MM.YYYY`, from 1900 to today; raise `FieldError` otherwise."""
    shape = text.strip()
    if re.fullmatch(r"\d{2}\.\d{2}\.\d{4}", shape, re.ASCII):
        shape = "-".join(reversed(shape.split(".")))
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", shape, re.ASCII):
        raise FieldError("birth_date", "birth_date_format")
    try:
        born = date.fromisoformat(shape)
    except ValueError:
        raise FieldError("birth_date", "birth_date_format") from None
    if not _OLDEST_BIRTH <= born <= today:
        raise FieldError("birth_date", "birth_date_range")
    return born
