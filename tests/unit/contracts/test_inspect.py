"""The tree of a contract, and the account of a profile."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from gateway.contracts.accounting import account_for
from gateway.contracts.tree import draw
from gateway.contracts.wsdl import read_wsdl
from gateway.emias.profiles import load_profile
from tests.unit.contracts.test_draft import SHIPPED


def _drawn(file: Path, *, every_binding: bool = False) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(draw(read_wsdl(file), every_binding=every_binding))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_tree_names_all_that_the_shipped_profile_uses(name: str) -> None:
    """Service, binding, operations and parameters of a profile are there to be read."""
    text = _drawn(SHIPPED[name], every_binding=True)
    profile = load_profile(name)

    assert profile.soap is not None
    assert profile.soap.binding in text
    for call in profile.operations.calls().values():
        assert call.name in text
        assert [path for path in call.parameters if path.rpartition(".")[2] not in text] == []


def test_types_lists_and_values_are_shown() -> None:
    """A member's line tells its basic type, whether it may be away, and what it may say."""
    text = _drawn(SHIPPED["fer-like"])

    assert "Canceled_Reason string  CANCELED_BY_PATIENT | ERROR_DATA_MIS" in text
    assert "Slots list" in text
    assert "Room string  optional" in text
    assert "fault" in _drawn(SHIPPED["seed-soap"])


@pytest.mark.parametrize("name", ["seed-soap", "seed-rest", "hub-like", "fer-like"])
def test_every_capability_of_a_shipped_profile_is_accounted_for(name: str) -> None:
    """Each is there, or it is told what its absence means; nothing is wrong with what is shipped."""
    account = account_for(load_profile(name))

    assert account.problems == ()
    assert [key for key, (can, without) in account.capabilities.items() if not can and not without] == []
    assert set(account.capabilities) >= {"lookup", "cancel", "returns_appointment_id", "native_hold", "patient_step"}


def test_secrets_that_a_channel_must_bring_are_named() -> None:
    """The hub's token is asked for by its name."""
    assert account_for(load_profile("hub-like")).secrets == ("guid",)
