"""Text sealed to a public key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.store.sealed_box import BoxBroken, KeyPair, seal_to

_SECRET = b"a-made-up-lookup-key-of-more-than-32-characters"


@given(text=st.text(max_size=200), about=st.text(max_size=30))
def test_only_the_receiver_opens(text: str, about: str) -> None:
    """The receiver reads the text, nobody else does, and not as if it were about something else."""
    receiver = KeyPair.fresh()
    box = seal_to(receiver.public, text, about)
    assert receiver.open(box, about) == text
    for keys, told in ((KeyPair.fresh(), about), (receiver, f"{about}!")):
        with pytest.raises(BoxBroken):
            keys.open(box, told)


@given(place=st.integers(0, 70))
def test_a_changed_box_does_not_open(place: int) -> None:
    """Whichever byte is changed or missing, a box says nothing."""
    receiver = KeyPair.fresh()
    box = seal_to(receiver.public, "made-up text of some length", "x")
    position = place % len(box)
    for broken in (box[:position], box[:position] + bytes([box[position] ^ 1]) + box[position + 1 :]):
        with pytest.raises(BoxBroken):
            receiver.open(broken, "x")


def test_two_boxes_of_one_text_differ() -> None:
    """Who sees two boxes cannot tell whether they hold the same."""
    receiver = KeyPair.fresh()
    assert seal_to(receiver.public, "x", "y") != seal_to(receiver.public, "x", "y")


def test_one_secret_makes_one_pair() -> None:
    """Workers with one secret open each other's boxes, and the pair shows nothing of itself."""
    one, other = KeyPair.derived(_SECRET), KeyPair.derived(_SECRET)
    assert one.open(seal_to(other.public, "x", "y"), "y") == "x"
    assert one.public != KeyPair.derived(_SECRET + b"!").public
    assert one.public.hex() not in repr(one)
