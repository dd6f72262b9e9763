"""SNILS: form, control number, mask."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import FieldError, FieldProblem
from gateway.domain.patient import Snils

RIGHT = (
    "112-233-445 95",
    "087-654-303 00",
    "087-654-018 99",
    "087-654-019 00",
    "087-654-028 00",
    "087-654-029 01",
    "001-019-899 99",
    "001-019-989 00",
    "001-019-998 00",
    "001-019-999 01",
    "001-001-999 65",
)


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_control_number_is_accepted(text: str) -> None:
    """A number with its right control number is read and printed as on the card."""
    assert Snils.parse(text).dashed() == text


@pytest.mark.parametrize("text", RIGHT)
def test_any_other_control_number_is_refused(text: str) -> None:
    """Of the hundred control numbers only one fits."""
    for control in set(range(100)) - {int(text[-2:])}:
        with pytest.raises(FieldError) as caught:
            Snils.parse(f"{text[:-2]}{control:02}")
        assert caught.value.problems == (FieldProblem("snils", "snils_checksum"),)


@pytest.mark.parametrize("text", ["112-233-445 96", "077-507-507 77"])
def test_a_wrong_control_number_is_named(text: str) -> None:
    """A number that fails the control is refused as such."""
    with pytest.raises(FieldError, match="snils_checksum"):
        Snils.parse(text)


@pytest.mark.parametrize("text", ["001-001-998 00", "001-001-998 77", "000-666-666 25"])
def test_numbers_before_the_control_are_taken_as_they_are(text: str) -> None:
    """Numbers up to 001-001-998 carry no control number that could be checked."""
    assert Snils.parse(text).dashed() == text


@pytest.mark.parametrize(
    "text", ["11223344595", "112-233-445-95", "112 233 445 95", "112-23344595", "\u00a0112-233-445 95\n"]
)
def test_separators_do_not_matter(text: str) -> None:
    """Dashes, spaces and none at all lead to the same eleven digits."""
    assert Snils.parse(text) == Snils("11223344595")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "000-000-000 00",
        "112-233-445",
        "112-233-445 9",
        "112-233-445 955",
        "112--233-445 95",
        "112_233_445 95",
        "١١٢٢٣٣٤٤٥٩٥",
        "112233445\n95",
        "snils",
    ],
)
def test_what_is_no_snils_is_refused(text: str) -> None:
    """Another length, other separators, foreign digits and nothing but zeros are a wrong form."""
    with pytest.raises(FieldError, match="snils_format"):
        Snils.parse(text)


@settings(deadline=None)
@given(st.text(max_size=16))
def test_anything_else_is_a_field_error(text: str) -> None:
    """Whatever is typed is either eleven digits or a `FieldError` that does not quote it."""
    try:
        told = Snils.parse(text).digits
    except FieldError as error:
        told = str(error)
    assert told in {"snils: snils_format", "snils: snils_checksum"} or (told.isdigit() and len(told) == 11)
