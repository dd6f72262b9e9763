"""What Redis keeps of a login opens under its own name, by a key that is still known."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from gateway.holds.sealing import Seal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
CONTENT = "Петрова 112-233-445 95".encode()


def test_what_was_sealed_opens() -> None:
    """And says nothing on the way."""
    seal = Seal.from_field_keys([NEW])
    sealed = seal.close("egw:ticket:1", CONTENT)

    assert seal.open("egw:ticket:1", sealed.encode()) == CONTENT
    assert CONTENT not in base64.b64decode(sealed)
    assert seal.close("egw:ticket:1", CONTENT) != sealed


def test_another_name_opens_nothing() -> None:
    """A sealed value that was moved to another key is of no use."""
    seal = Seal.from_field_keys([NEW])

    assert seal.open("egw:ticket:2", seal.close("egw:ticket:1", CONTENT).encode()) is None


def test_keys_are_changed_without_ending_logins() -> None:
    """A retired key opens what it sealed, until it is taken away."""
    sealed = Seal.from_field_keys([OLD]).close("n", CONTENT).encode()

    assert Seal.from_field_keys([NEW, OLD]).open("n", sealed) == CONTENT
    assert Seal.from_field_keys([NEW]).open("n", sealed) is None


def test_the_field_key_itself_seals_nothing() -> None:
    """The key of the tables and the key of Redis are different ones."""
    ((_, key),) = Seal.from_field_keys([NEW]).keys

    assert key != base64.urlsafe_b64decode(NEW)
    assert key.hex() not in repr(Seal.from_field_keys([NEW]))


def test_without_a_key_there_is_no_seal() -> None:
    """Nothing is ever kept in the clear."""
    with pytest.raises(ValueError, match="no field key"):
        Seal.from_field_keys([])


@given(junk=st.binary(max_size=80))
def test_what_we_did_not_seal_opens_as_nothing(junk: bytes) -> None:
    """Whatever stands in Redis, nobody fails because of it."""
    seal = Seal.from_field_keys([NEW])
    own = base64.b64decode(seal.close("n", CONTENT))

    for sealed in (junk, base64.b64encode(junk), base64.b64encode(own[:4] + junk)):
        assert seal.open("n", sealed) is None
