"""Parts of a person's name, and birth dates in the two forms that sites send."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from gateway.domain.errors import FieldError
from gateway.domain.patient import parse_birth_date, parse_name

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "name",
    [
        "Ёлкина",
        "Мамин-Сибиряк",
        "Салтыков - Щедрин",
        "О'Коннор",
        "Д’Артаньян",
        "Нгуен Тхи",
        "Иванова (Петрова)",
        "Оглы кызы",
        "Müller",
        "А.",
        "ё" * 100,
    ],
)
def test_real_names_pass(name: str) -> None:
    """Ё, hyphens, double surnames, apostrophes and brackets belong to names."""
    assert parse_name("last_name", name) == name


def test_accents_that_come_apart_are_composed() -> None:
    """A name typed with combining marks, as some keyboards send it, becomes the ordinary one."""
    for name in ("Ёлкин", "Андрей", "Müller"):
        assert parse_name("last_name", unicodedata.normalize("NFD", name)) == name


def test_spaces_are_tidied() -> None:
    """Spaces around and doubled ones within are no part of a name."""
    assert parse_name("first_name", " \u00a0Анна   Мария\n") == "Анна Мария"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "-",
        "'",
        "Иван0в",
        "Иванов_",
        "Иванов;",
        "<b>Иванов</b>",
        "ё" * 101,
        "=cmd()",
        "Ива\u202eнов",
        "Ива\u200bнов",
    ],
)
def test_what_is_no_name_is_refused_by_its_field(name: str) -> None:
    """Digits, markup, marks without letters and invisible characters are refused, and not quoted."""
    with pytest.raises(FieldError) as caught:
        parse_name("middle_name", name)
    assert str(caught.value) == "middle_name: name_format"


@pytest.mark.parametrize("code", [*range(0x20), 0x7F, 0x85, 0x9F])
def test_control_characters_are_refused(code: int) -> None:
    """A control character inside a name is refused, a line break too."""
    with pytest.raises(FieldError, match="name_format"):
        parse_name("last_name", f"Ива{chr(code)}нов")


@pytest.mark.parametrize("text", ["1985-03-14", "14.03.1985", " 14.03.1985 "])
def test_both_forms_of_a_birth_date_are_read(text: str) -> None:
    """ISO dates and the Russian form mean the same day."""
    assert parse_birth_date(text, TODAY) == date(1985, 3, 14)


@pytest.mark.parametrize(("text", "born"), [("01.01.1900", date(1900, 1, 1)), ("2026-11-23", TODAY)])
def test_the_bounds_of_a_birth_date_belong_to_it(text: str, born: date) -> None:
    """The first of January 1900 and today are birth dates."""
    assert parse_birth_date(text, TODAY) == born


@pytest.mark.parametrize("text", ["31.12.1899", "2026-11-24", "0001-01-01", "9999-12-31"])
def test_dates_out_of_bounds_are_refused(text: str) -> None:
    """Nobody to be booked was born before 1900 or tomorrow."""
    with pytest.raises(FieldError, match="birth_date_range"):
        parse_birth_date(text, TODAY)


@pytest.mark.parametrize(
    "text", ["", "14.3.1985", "14/03/1985", "1985-03-14T00:00", "19850314", "30.02.1985", "1985-W11-4", "١٤.٠٣.١٩٨٥"]
)
def test_other_forms_are_refused(text: str) -> None:
    """Other shapes, foreign digits and days that never were are a wrong form."""
    with pytest.raises(FieldError) as caught:
        parse_birth_date(text, TODAY)
    assert str(caught.value) == "birth_date: birth_date_format"
