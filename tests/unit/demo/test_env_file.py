"""What is written down can be sourced by a shell."""

from __future__ import annotations

import subprocess

from demo.env_file import write_dialogue, write_env
from demo.places import Place


def test_values_come_back_from_a_shell_unchanged(place: Place) -> None:
    """A value with every awkward character survives ``source``."""
    awkward = "a b'c\"d$e`f\\g&h;пароль"
    write_env(place, {"API_KEY": awkward})
    shown = subprocess.run(  # noqa: S603 - a fixed script
        ["/bin/sh", "-c", '. "$1"; printf %s "$API_KEY"', "sh", place.env_file],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == awkward
    assert place.env_file.stat().st_mode & 0o777 == 0o600


def test_the_dialogue_is_a_script_that_bash_can_read(place: Place) -> None:
    """The script is the owner's to run, and has no syntax error."""
    write_dialogue(place)
    assert place.dialogue.stat().st_mode & 0o777 == 0o700
    subprocess.run(["/bin/bash", "-n", place.dialogue], check=True)  # noqa: S603 - our own script
