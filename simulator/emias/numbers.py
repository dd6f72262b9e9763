"""The checks that EMIAS makes on the numbers of a patient's papers."""

from __future__ import annotations

import re

__all__ = ["policy_is_valid", "snils_digits", "snils_is_valid", "with_control"]

_LAST_UNCHECKED_SNILS = 1001998
_SNILS = re.compile(r"\d{11}")
_POLICY = re.compile(r"\d{6,16}")
_UNIFIED_POLICY_LENGTH = 16


def snils_digits(text: str) -> str:
    """Keep the digits of a SNILS written with or without dashes and spaces."""
    return re.sub(r"[\s-]", "", text)


def snils_is_valid(text: str) -> bool:
    """Check the control number; numbers up to 001-001-998 carry none."""
    digits = snils_digits(text)
    if not _SNILS.fullmatch(digits) or not int(digits):
        return False
    body, control = digits[:9], int(digits[9:])
    if int(body) <= _LAST_UNCHECKED_SNILS:
        return True
    return _control(body) == control


def with_control(body: str) -> str:
    """Add the control number to nine digits."""
    return f"{body}{_control(body):02d}"


def _control(body: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True)) % 101 % 100


def policy_is_valid(text: str) -> bool:
    """Check an OMS policy: 6 to 16 digits, and the Luhn digit when there are sixteen."""
    digits = re.sub(r"\s", "", text)
    if not _POLICY.fullmatch(digits):
        return False
    return len(digits) != _UNIFIED_POLICY_LENGTH or _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
