"""The reason of an act: dates may stand in it, what looks like a patient's number may not."""

from __future__ import annotations

import pytest
from starlette.datastructures import FormData

from admin.acts.choices import Choice
from admin.acts.forms import FormRefused, asked_of
from gateway.domain.wish import WishKind

CHOICE = Choice(WishKind.REFRESH_DOCTOR, "refresh", "")


def read(reason: str) -> str:
    """Read a form with this reason."""
    return asked_of(FormData({"choice": "refresh", "reason": reason}), [CHOICE]).reason


def test_a_reason_may_say_when() -> None:
    """A day with a time is no patient's number."""
    assert read("звонил 23.11.2026 10:30, каб. 109") == "звонил 23.11.2026 10:30, каб. 109"


@pytest.mark.parametrize("number", ["112-233-445 95", "11223344595", "7756410885000127", "+7 (495) 123-45-67"])
def test_a_reason_holds_no_number_of_a_patient(number: str) -> None:
    """A SNILS, a policy or a telephone is refused, however it is written."""
    with pytest.raises(FormRefused, match="personal_reason"):
        read(f"пациент {number}")
