"""One rehearsal at a time in a place."""

from __future__ import annotations

import os

import pytest

from demo.errors import DemoError
from demo.identity import ProcessIdentity
from demo.places import Place
from demo.presence import presence, running_demo, stop_demo


def test_a_second_one_is_told_who_runs(place: Place) -> None:
    """While one runs another is refused with the number of the first."""
    with presence(place), pytest.raises(DemoError, match=str(os.getpid())) as refused, presence(place):
        pass
    assert refused.value.code == "demo_running"


def test_an_orderly_end_is_told_from_a_kill(place: Place) -> None:
    """After an orderly end nothing is left; what a killed one left is noticed."""
    with presence(place) as was_killed:
        assert not was_killed
        left = place.pid_file.read_text()
    with presence(place) as was_killed:
        assert not was_killed
    place.pid_file.write_text(left)
    with presence(place) as was_killed:
        assert was_killed


def test_a_stale_pid_file_stops_nobody(place: Place) -> None:
    """A number that now belongs to another process is not stopped."""
    place.pid_file.write_text(str(ProcessIdentity(os.getpid(), 1)))
    assert running_demo(place) is None
    assert not stop_demo(place)
