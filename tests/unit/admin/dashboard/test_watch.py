"""What the dashboard says of alerts and their messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from admin.dashboard.judging import Level
from admin.dashboard.watch import watch_lines
from admin.dashboard.words import Speech
from tests.unit.admin.dashboard.pieces import NOW, WATCHED


@pytest.mark.parametrize(
    ("last_error", "why"), [("", "never tried; is ALERT_URLS set?"), ("mail: HTTP 401", "mail: HTTP 401")]
)
def test_messages_that_wait_are_told_with_their_reason(last_error: str, why: str) -> None:
    """A late message is told with the last refusal, one that nobody tried to send with the likeliest cause."""
    late = replace(WATCHED, late=2, oldest_waiting=NOW - timedelta(minutes=7), last_error=last_error)
    _, delivery = watch_lines(late, Speech("en"))
    assert delivery["level"] is Level.BAD
    assert delivery["told"].endswith(f", 2: {why}")
