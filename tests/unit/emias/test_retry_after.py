"""Retry-After in all the ways servers write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.emias.retry_after import read_retry_after

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("999999999999999999999", 3600.0),
        ("Tue, 24 Nov 2026 12:01:30 GMT", 90.0),
        ("Tue, 24 Nov 2026 11:00:00 GMT", 0.0),
        ("Wed, 24 Nov 2027 12:00:00 GMT", 3600.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_seconds_dates_and_nonsense(text: str | None, seconds: float | None) -> None:
    """Seconds and dates are seconds from now, within an hour; nonsense is nothing."""
    assert read_retry_after(text, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_reader(text: str) -> None:
    """Whatever stands there is a wait of at most an hour, or nothing."""
    seconds = read_retry_after(text, NOW)
    assert seconds is None or 0 <= seconds <= 3600
