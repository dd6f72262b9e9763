"""A house of hand-written adapters that keep everything in memory, for tests of the doors.

Read first: `world.py`, whose `World` a test sets, hands to a door as a house, and looks at afterwards.
"""

from __future__ import annotations

from tests.fakes.nouns import KEY, NOW, READ_ONLY_KEY, SECRET, SOURCE, make_key
from tests.fakes.reading import FakeClock, FakeKeys
from tests.fakes.world import World

__all__ = ["KEY", "NOW", "READ_ONLY_KEY", "SECRET", "SOURCE", "FakeClock", "FakeKeys", "World", "make_key"]
