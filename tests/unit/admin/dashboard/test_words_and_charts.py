"""How the dashboard writes and draws."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from admin.dashboard.charts import columns, lines, strip
from admin.dashboard.words import Speech
from admin.frame.speech import LANGUAGES
from gateway.domain.outcomes import Cause


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 с"), (59, "59 с"), (61, "1 мин"), (3600, "1 ч"), (3725, "1 ч 2 мин"), (200_000, "2 дн.")],
)
def test_lengths_of_time_are_short(seconds: int, told: str) -> None:
    """A length of time is told by its two largest units at most."""
    assert Speech("ru").span(timedelta(seconds=seconds)) == told


def test_numbers_follow_the_language() -> None:
    """Russian puts a comma where English puts a point."""
    assert Speech("ru").latency(1.25) == "1,2 с"
    assert Speech("en").latency(1.25) == "1.2 s"
    assert Speech("en").percent(1, 0) == "—"
    assert Speech("en").percent(1, 200) == "0.5\u202f%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_that_is_an_error_has_a_word(language: str) -> None:
    """No technical cause is shown as its code, but for the operator's own stop, which is no error."""
    speech = Speech("ru" if language == "ru" else "en")
    assert [
        cause for cause in Cause if cause is not Cause.STOPPED and speech.say(f"cause_{cause}") == cause.value
    ] == []


def test_an_unknown_code_is_said_as_it_is() -> None:
    """A code that a later release brings is shown, not broken on."""
    assert Speech("ru").say("cause_brand_new") == "brand_new"


def test_charts_are_sound_xml_without_styles() -> None:
    """Charts parse, carry no inline style, and escape what they are told."""
    drawn = [
        lines([("p50", [0.1, None, 30.0])], ["<a>", "b", "c"], "a & b"),
        columns([[("good", 1), ("bad", 0)], []], ["x", "y"], "label"),
        strip([("bad", 'Иванов "И"', "/#/x?a=1&b=2")], "label"),
        columns([], [], "nothing"),
    ]
    for chart in drawn:
        for element in ET.fromstring(chart).iter():  # noqa: S314 - our own
            assert "style" not in element.attrib
            assert not any(name.startswith("on") for name in element.attrib)
