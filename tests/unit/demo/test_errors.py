"""Errors speak both languages and carry a stable code."""

from __future__ import annotations

from demo.errors import DemoError


def test_an_error_says_what_and_what_to_do_in_both_languages() -> None:
    """Code, Russian and English stand in the message, facts filled in."""
    error = DemoError("demo_running", pid=4711)
    assert str(error).startswith("[demo_running] Демонстрация уже запущена (процесс 4711)")
    assert "The demo is already running (process 4711)" in str(error)
