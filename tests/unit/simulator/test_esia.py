"""The pieces of the stand for Gosuslugi that need no wire."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from simulator.esia.checks import Api, decode_secret
from simulator.esia.embed import embedded
from simulator.esia.faults import FAULTS, KINDS, OPERATIONS
from simulator.esia.forms import Form
from simulator.esia.refusals import REFUSALS, EsiaRefusalError
from simulator.esia.sessions import Remembered
from simulator.faults import FaultPlan

FORM = {
    "client_id": "CLINIC",
    "scope": "openid fullname",
    "timestamp": "2026.11.23 09:00:00 +0000",
    "state": "0b6e4f0e-6a1e-4c1f-9c39-0f8b6ad6b3c5",
    "redirect_uri": "https://клиника.рф/esia/",
    "access_type": "online",
}


def test_the_signed_strings_are_those_of_working_clients() -> None:
    """New: system, scope, time, state, address and then the code; old: scope, time, system, state."""
    new = "CLINICopenid fullname2026.11.23 09:00:00 +00000b6e4f0e-6a1e-4c1f-9c39-0f8b6ad6b3c5https://клиника.рф/esia/"
    assert Api.NEW.signed_string(Form(FORM.items())) == new.encode()
    assert Api.NEW.signed_string(Form([*FORM.items(), ("code", "C0")])) == f"{new}C0".encode()
    old = "openid fullname2026.11.23 09:00:00 +0000CLINIC0b6e4f0e-6a1e-4c1f-9c39-0f8b6ad6b3c5"
    assert Api.OLD.signed_string(Form(FORM.items())) == old.encode()


def test_an_organisations_scope_stands_after_the_persons() -> None:
    """A scope_org that was sent is signed in its place."""
    signed = Api.NEW.signed_string(Form([*FORM.items(), ("scope_org", "ORG")]))
    assert b"fullnameORG2026" in signed


@pytest.mark.parametrize("size", [64, 65, 66, 256])
def test_a_secret_is_read_in_every_writing_that_works(size: int) -> None:
    """Either alphabet, with and without padding, gives the same bytes."""
    content = bytes(255 - place % 7 for place in range(size))
    for text in (base64.b64encode(content).decode(), base64.urlsafe_b64encode(content).decode()):
        assert decode_secret(text) == decode_secret(text.rstrip("=")) == content


@pytest.mark.parametrize("text", ["ab cd", "ab+cd-ef", "a", "аб", "abc=d", "abcd\n"])
def test_a_secret_that_is_no_base64_has_its_code(text: str) -> None:
    """A space where a plus was, mixed alphabets and lost characters are refused."""
    with pytest.raises(EsiaRefusalError, match="ESIA-007053"):
        decode_secret(text)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", set()),
        ("(elements)", {"elements"}),
        ("(documents.elements-1)", {"documents", "documents.elements"}),
        ("(contacts.elements-1, kids)", {"contacts", "contacts.elements", "kids"}),
    ],
)
def test_embed_is_read_as_paths(text: str, paths: set[str]) -> None:
    """Counts are dropped, and what leads to a path is wanted too."""
    assert embedded(text) == paths


def test_things_are_remembered_for_a_while_and_taken_once() -> None:
    """A thing is found till its time has come, and not after it was taken."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    clock = [now]
    remembered: Remembered[str] = Remembered(lambda: clock[0], lambda: 60)
    first, second = remembered.keep("one"), remembered.keep("two")
    assert first != second
    assert remembered.take(first) == "one"
    assert remembered.take(first) is None
    clock[0] = now + timedelta(seconds=59)
    assert remembered.look(second) == "two"
    clock[0] = now + timedelta(seconds=60)
    assert remembered.look(second) is None


def test_a_form_refuses_what_came_twice() -> None:
    """A repeated parameter is refused before a missing one."""
    with pytest.raises(EsiaRefusalError) as refused:
        Form([("scope", "a"), ("scope", "b")]).require("client_id")
    assert (refused.value.code, refused.value.about) == ("ESIA-007003", "scope")


def test_every_kind_fits_some_operation() -> None:
    """Each kind of fault can be planned for each operation that it names."""
    plan = FaultPlan(FAULTS)
    for kind, (meaning, only) in KINDS.items():
        assert meaning
        assert only <= set(OPERATIONS)
        for operation in only or OPERATIONS:
            plan.add({"operation": operation, "kind": kind, "params": {"code": next(iter(REFUSALS))}})
    assert len(plan.rules) > len(KINDS)
