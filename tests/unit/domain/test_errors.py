"""The tree of errors, as it is drawn and as it is."""

from __future__ import annotations

import re

import pytest

from gateway.domain import errors
from gateway.domain.errors import EmiasFailure, FieldError, FieldProblem, GatewayError, InvalidInput
from gateway.domain.outcomes import Cause


def test_the_drawn_tree_names_every_error() -> None:
    """The picture atop the module shows each public error, in the order of the classes."""
    drawn = re.findall(
        r"\b[A-Z]\w+", "\n".join(re.split(r" {3,}", line)[0] for line in str(errors.__doc__).splitlines()[2:])
    )
    defined = [
        name
        for name, member in vars(errors).items()
        if isinstance(member, type) and issubclass(member, Exception) and not name.startswith("_")
    ]
    assert drawn == defined


@pytest.mark.parametrize("name", [name for name in errors.__all__ if name != "FieldProblem"])
def test_every_error_is_a_gateway_error(name: str) -> None:
    """A door that catches the base catches all."""
    assert issubclass(getattr(errors, name), GatewayError)


def test_all_problems_are_named_without_values() -> None:
    """The text of an invalid input is its fields and codes."""
    error = InvalidInput([FieldProblem("snils", "snils_checksum"), FieldProblem("last_name", "name_format")])
    assert str(error) == "snils: snils_checksum, last_name: name_format"
    assert FieldError("a", "b").problems == (FieldProblem("a", "b"),)


def test_a_failure_of_emias_tells_its_cause() -> None:
    """The text is the cause with what is known beside it."""
    assert str(EmiasFailure(Cause.HTTP_STATUS, http_status=502, code="x")) == "http_status 502 x"
    assert str(EmiasFailure(Cause.DNS)) == "dns"
