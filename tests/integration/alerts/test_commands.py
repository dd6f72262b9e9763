"""`emias-gateway alerts`, and what its page in the docs says."""

from __future__ import annotations

import re
import tomllib
import warnings
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from gateway.commands.alerts import list_alerts, mute_alert, send_test
from gateway.commands.check import _alerts, _line
from gateway.commands.findings import Level
from gateway.domain.alerts.alert import Rule
from gateway.domain.alerts.orders import ORDERS, orders_from
from gateway.settings import AlertSettings, Settings, read_settings
from tests.integration.alerts.conftest import LPU, MakeWatch, Scene
from tests.integration.alerts.people import SECRET, People
from tests.integration.alerts.test_watch import turn

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "alerts.md"


def settings(scene: Scene, urls: str = "") -> AlertSettings:
    """Settings as a person at the command line has them."""
    return read_settings(AlertSettings, {"DATABASE_URL": scene.database.url, "ALERT_URLS": urls})


async def test_alerts_are_listed_and_muted(
    scene: Scene, make_watch: MakeWatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list shows what is open and until when it is muted; what is not open cannot be muted."""
    await scene.say("sync", "breaker_bookings", 3, LPU)
    await turn(make_watch({"breaker_open": {"opens_after": 0}}))
    [[number]] = await scene.rows("id")
    assert await mute_alert(settings(scene), number, 8, "плановые работы") == 0
    assert await mute_alert(settings(scene), number + 1, 8, "плановые работы") == 1
    assert await list_alerts(settings(scene)) == 0
    told = capsys.readouterr().out
    assert "muted until" in told
    assert "critical" in told
    assert "by sync a:1" in told


async def test_a_test_is_sent_from_here(scene: Scene, people: People, capsys: pytest.CaptureFixture[str]) -> None:
    """Each address is named by number and kind with how it took the message; one that did not is status 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert await send_test(settings(scene, people.url)) == 0
        assert await send_test(settings(scene, f"{people.url} json://127.0.0.1:1/{SECRET}")) == 1
    assert await send_test(settings(scene)) == 1
    told = capsys.readouterr().out
    assert "1-json: delivered" in told
    assert "2-json: no connection" in told
    assert "nobody is told" in told
    assert SECRET not in told
    assert set(people.titles) == {"Шлюз ЕМИАС: проверка связи"}


def test_the_page_names_every_rule_and_its_example_is_right() -> None:
    """Each rule stands in the table of the docs, and the example of a file of rules can be read."""
    page = PAGE.read_text(encoding="utf-8")
    assert [rule for rule in Rule if f"`{rule}`" not in page] == []
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    orders = orders_from(tomllib.loads(example))
    assert not orders[Rule.ERRORS].on
    assert [rule for rule in Rule if orders[rule] == ORDERS[rule]]


@pytest.mark.parametrize(
    ("given", "level", "told"),
    [
        ({}, Level.WARNING, "nobody is told"),
        ({"ALERT_URLS": f"json://127.0.0.1/{SECRET}"}, Level.OK, "1-json"),
        ({"ALERT_URLS": SECRET}, Level.FAILED, "ALERT_URLS: entry 1"),
        ({"ALERT_RULES_FILE": "none.toml"}, Level.FAILED, "ALERT_RULES_FILE"),
    ],
)
async def test_check_looks_at_the_alerts(given: dict[str, str], level: Level, told: str) -> None:
    """Unset addresses are a warning of `check`, wrong ones and wrong rules a failure, without an address in it."""
    whole = {
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://x",
        "EMIAS_URL": "https://emias.example",
        "FIELD_KEYS": Fernet.generate_key().decode(),
        "LOOKUP_KEY": "a-made-up-lookup-key-of-more-than-32-characters",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        line = await _line("alerts", _alerts(read_settings(Settings, whole | given)))
    assert line.level is level
    assert told in line.says
    assert SECRET not in line.says
