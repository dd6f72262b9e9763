"""Write down addresses and keys for the shell, and the first booking as a script."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from demo.dialogue import dialogue
from demo.places import Place, write_private

__all__ = ["write_dialogue", "write_env"]


def write_env(place: Place, facts: Mapping[str, str]) -> None:
    """Write ``KEY=value`` lines that a shell can source."""
    write_private(place.env_file, "".join(f"{key}={shlex.quote(value)}\n" for key, value in facts.items()))


def write_dialogue(place: Place) -> None:
    """Write the first booking as an executable script."""
    text = f"#!/usr/bin/env bash\nset -euo pipefail\n{dialogue(place.env_file)}"
    write_private(place.dialogue, text, mode=0o700)
