"""Contract profiles: what each kind of EMIAS installation calls its operations, members and refusals, as data.

Who may come in: `gateway.emias` and the `check` command.
What it may touch: the files of a profile's folder, nothing else.
Read first: `seed-soap/profile.toml` (a profile), then `profile.py` (its shape) and `load.py` (how it is read).
"""

from __future__ import annotations

from gateway.emias.profiles.load import load_profile
from gateway.emias.profiles.profile import Profile

__all__ = ["Profile", "load_profile"]
