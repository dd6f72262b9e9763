"""The form of a presented key."""

from __future__ import annotations

import pytest

from gateway.store.api_keys import split_key


def test_key_splits_into_id_and_secret() -> None:
    """A whole key is split at its two underscores."""
    assert split_key("egw_abc123_" + "f" * 64) == ("abc123", "f" * 64)


@pytest.mark.parametrize(
    "presented", ["", "egw_abc", "egw__" + "f" * 64, "egw_abc_short", "xyz_abc_" + "f" * 64, "egw_a_" + "я" * 64]
)
def test_anything_else_is_no_key(presented: str) -> None:
    """A text of another form is no key."""
    assert split_key(presented) is None
