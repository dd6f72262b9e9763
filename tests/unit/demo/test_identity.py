"""A process number alone proves nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from demo.identity import ProcessIdentity


def test_this_process_is_alive() -> None:
    """A living process is recognised by what was written down."""
    identity = ProcessIdentity.of(os.getpid())
    assert identity is not None
    assert ProcessIdentity.parse(str(identity)) == identity
    assert identity.alive


def test_a_number_given_to_another_process_is_not_alive() -> None:
    """The same number with another start is another process."""
    identity = ProcessIdentity.of(os.getpid())
    assert identity is not None
    assert not ProcessIdentity(identity.pid, identity.started - 1).alive


def test_an_ended_process_is_not_alive_even_before_its_status_is_read() -> None:
    """A zombie counts as ended."""
    ended = subprocess.Popen([sys.executable, "-I", "-S", "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert ProcessIdentity.of(ended.pid) is None
    ended.wait()


@pytest.mark.parametrize("text", ["", "12", "12 x", "-1 5", "1 2 3"])
def test_other_text_is_nobody(text: str) -> None:
    """What is not a number and a start names no process."""
    assert ProcessIdentity.parse(text) is None
