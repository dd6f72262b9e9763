"""Contract profiles: what each kind of EMIAS installation calls its operations, members and refusals, as data.

Who may come in: `gateway.emias`, and the `check` and `contract` commands.
What it may touch: the files of a profile's folder, nothing else.
Read first: `seed-soap/profile.toml` (a profile), then `profile.py` and `calls.py` (its shape), `load.py` (how it is
read) and `checks.py` (what it must be beyond its shape).
"""

from __future__ import annotations

from gateway.emias.profiles.load import load_profile
from gateway.emias.profiles.profile import Profile
from gateway.emias.profiles.stand import stand_patient

__all__ = ["Profile", "load_profile", "stand_patient"]
