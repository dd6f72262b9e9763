"""OMS policies: the three kinds in circulation."""

from __future__ import annotations

import pytest

from gateway.domain.errors import FieldError
from gateway.domain.patient import OmsPolicy, PolicyKind

ENPS = ("7756410885000127", "7787989718000126", "5078150847000121")


@pytest.mark.parametrize("number", ENPS)
def test_an_enp_is_told_by_its_form(number: str) -> None:
    """Sixteen digits that pass Luhn are an ENP, spaces or not."""
    spaced = f" {number[:4]} {number[4:8]}-{number[8:]} "
    assert OmsPolicy.parse(number) == OmsPolicy.parse(spaced) == OmsPolicy(PolicyKind.ENP, number)


@pytest.mark.parametrize("number", ENPS)
def test_every_single_wrong_digit_is_found(number: str) -> None:
    """Luhn lets no single wrong digit through."""
    for place, digit in enumerate(number):
        for other in set("0123456789") - {digit}:
            with pytest.raises(FieldError, match="enp_checksum"):
                OmsPolicy.parse(number[:place] + other + number[place + 1 :])


@pytest.mark.parametrize("number", ["", "775641088500012", "77564108850001277", "7756A10885000127", "٧" * 16])
def test_an_enp_has_sixteen_digits(number: str) -> None:
    """Another length or another alphabet is a wrong form."""
    with pytest.raises(FieldError, match=r"oms\.number: enp_format"):
        OmsPolicy.parse(number, kind=PolicyKind.ENP)


def test_an_enp_carries_no_series() -> None:
    """A series beside a declared ENP is dropped, for the unified number has none."""
    assert OmsPolicy.parse(ENPS[0], "7700", PolicyKind.ENP).series is None


def test_a_series_makes_it_an_old_policy() -> None:
    """A series and a number are an old policy, whose number no rule can check."""
    policy = OmsPolicy.parse("1234567890", " 770000 ")
    assert policy == OmsPolicy(PolicyKind.OLD, "1234567890", "770000")


def test_a_blank_series_is_none() -> None:
    """A form's empty field is not a series."""
    assert OmsPolicy.parse(ENPS[0], "  ").kind is PolicyKind.ENP


@pytest.mark.parametrize("series", ["77/00", "7" * 17, "77\n00"])
def test_an_old_series_is_bounded(series: str) -> None:
    """A series of strange characters or more than sixteen is refused by its own name."""
    with pytest.raises(FieldError, match=r"oms\.series: oms_format"):
        OmsPolicy.parse("1234567890", series)


@pytest.mark.parametrize("number", ["12345", "1" * 17, "12345x"])
def test_an_old_number_is_bounded(number: str) -> None:
    """An old number has six to sixteen digits."""
    with pytest.raises(FieldError, match=r"oms\.number: oms_format"):
        OmsPolicy.parse(number, "770000")


def test_nine_digits_are_a_temporary_certificate() -> None:
    """Nine digits without a series are a temporary certificate."""
    assert OmsPolicy.parse("123456789") == OmsPolicy(PolicyKind.TEMPORARY, "123456789")


def test_a_declared_kind_is_believed() -> None:
    """The kind that the form names wins over the form of the number."""
    assert OmsPolicy.parse("123456789", kind=PolicyKind.OLD).kind is PolicyKind.OLD
    with pytest.raises(FieldError, match="enp_format"):
        OmsPolicy.parse("123456789", kind=PolicyKind.ENP)
    with pytest.raises(FieldError, match="oms_format"):
        OmsPolicy.parse(ENPS[0], kind=PolicyKind.TEMPORARY)
