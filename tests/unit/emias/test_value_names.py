"""What profiles may ask for is what we can say."""

from __future__ import annotations

from gateway.emias.profiles import Profile
from gateway.emias.profiles.value_names import VALUE_NAMES
from gateway.emias.translate import Translator
from tests.unit.emias.pieces import DOCTOR, VERA, request


def test_every_name_has_a_value(profile: Profile) -> None:
    """Each operation's names are exactly those that the translator writes."""
    say = Translator(profile.formats)
    day = VERA.birth_date

    assert {
        "probe": frozenset[str](),
        "identify": frozenset(say.identification("0101", VERA)),
        "get_schedule": frozenset(say.schedule(DOCTOR, day, day)),
        "create": frozenset(say.appointment(request())),
        "find": frozenset(say.search("0101", VERA, day, day)),
        "cancel": frozenset(say.cancellation("0101", "AP-1", VERA, "reason", {})),
    } == VALUE_NAMES
