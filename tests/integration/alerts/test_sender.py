"""Reaching people: what they get, what is told of failures, and what nobody may read in the logs."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.alerting.addresses import AlertSetupError, read_addresses
from gateway.alerting.rules_file import read_orders
from gateway.alerting.sender import AppriseMessenger, make_messenger
from gateway.domain.alerts.alert import Rule, Severity
from gateway.logs import configure_logs
from gateway.settings import AlertSettings, SettingsError, read_settings
from gateway.wiring import alert_messenger
from tests.integration.alerts.people import SECRET, People


def make(urls: str) -> AppriseMessenger:
    """Make ready to send; apprise's plugins import modules that Python is about to drop."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return make_messenger(urls)


@pytest.fixture(params=["DEBUG"])
def log(request: pytest.FixtureRequest) -> Iterator[io.BytesIO]:
    """Everything that is logged, at the lowest level there is unless a test asks for another."""
    root, out = logging.getLogger(), io.BytesIO()
    handlers, level = root.handlers, root.level
    configure_logs(request.param, out)
    yield out
    root.handlers, root.level = handlers, level


async def send(
    messenger: AppriseMessenger, title: str = "Заголовок", body: str = "Текст\nвторая строка"
) -> list[str | None]:
    """Send to every place and list why some did not take it."""
    return [await messenger.send(place, Severity.CRITICAL, title, body) for place in messenger.places]


async def test_a_message_arrives_whole(people: People) -> None:
    """Title, text and severity arrive as they were written."""
    assert await send(make(people.url)) == [None]
    [heard] = people.heard
    assert (heard["title"], heard["message"], heard["type"]) == ("Заголовок", "Текст\nвторая строка", "failure")


async def test_what_is_too_long_for_a_messenger_arrives_in_parts(people: People) -> None:
    """The message of a great outage is cut into parts that a messenger takes, and none of it is lost."""
    lines = [f"● ЕМИАС {number:04} не отвечает 5 мин" for number in range(200)]
    messenger = make(f"mmost://127.0.0.1:{people.port}/3ccdd113474722377935511fc85d3dd4")
    assert await send(messenger, body="\n".join(lines)) == [None]
    parts = [heard["text"] for heard in people.heard]
    assert len(parts) > 1
    assert max(map(len, parts)) <= 4000
    assert [line for part in parts for line in part.split("\n") if line.startswith("●")] == lines


@pytest.mark.parametrize("log", ["DEBUG", "ERROR"], indirect=True)
async def test_failures_are_told_without_the_address(people: People, log: io.BytesIO) -> None:
    """A refusal, nobody there and nonsense are told in a word; no part of an address is logged, at any level."""
    people.answer = 401
    assert await send(make(f"{people.url} json://127.0.0.1:1/{SECRET}")) == ["HTTP 401", "no connection"]
    people.answer = 200
    assert await send(make(people.url)) == [None]
    assert people.asked == 2
    assert SECRET.encode() not in log.getvalue()


async def test_a_redirect_is_not_followed(people: People) -> None:
    """An address that sends elsewhere is told as one that refuses; nothing goes where no setting points."""
    people.answer = 302
    assert await send(make(people.url)) == ["HTTP 302"]
    assert people.asked == 1


async def test_bitrix24_chat(people: People, log: io.BytesIO) -> None:
    """A Bitrix24 chat gets its message by the webhook's method, and what the portal refuses is told."""
    messenger = make(f"bitrix24://127.0.0.1:{people.port}/7/{SECRET}/chat42")
    assert await send(messenger) == [None]
    assert people.paths == [f"/rest/7/{SECRET}/im.message.add.json"]
    assert people.heard == [{"DIALOG_ID": "chat42", "MESSAGE": "[B]Заголовок[/B]\nТекст\nвторая строка"}]
    people.answer = 403
    assert await send(messenger) == ["HTTP 403"]
    assert await send(make(f"bitrix24://127.0.0.1:{people.port}/{SECRET}")) == ["refused"]
    assert await send(make(f"bitrix24://127.0.0.1:1/7/{SECRET}/chat42")) == ["no connection"]
    assert SECRET.encode() not in log.getvalue()


@pytest.mark.parametrize(
    "urls",
    [SECRET, f"nothing://{SECRET}", f"loud=json://h/{SECRET}", f"json://h/ok tgram://{SECRET}", f"tgram://{SECRET}"],
)
def test_a_wrong_address_is_named_by_its_number(urls: str) -> None:
    """At the start a wrong entry is told by its place in the list; what stands in it is not."""
    with pytest.raises(AlertSetupError, match=r"ALERT_URLS: entry [12]") as told:
        make(urls)
    assert SECRET not in str(told.value)
    settings = read_settings(AlertSettings, {"DATABASE_URL": "postgresql://x", "ALERT_URLS": urls})
    with pytest.raises(SettingsError, match="ALERT_URLS"):
        alert_messenger(settings)
    assert SECRET not in repr(settings)


def test_addresses_with_severities() -> None:
    """An entry may name the severities that it wants; others want all of them."""
    first, second = read_addresses("json://a\n  critical,warning=jsons://b?to=x,y")
    assert (first.place.name, first.place.severities) == ("1-json", frozenset(Severity))
    assert (second.place.name, second.url) == ("2-jsons", "jsons://b?to=x,y")
    assert second.place.severities == {Severity.CRITICAL, Severity.WARNING}
    assert make("").places == []


def test_rules_of_an_installation(tmp_path: Path) -> None:
    """A TOML file changes what it names; a wrong one is refused with its name."""
    file = tmp_path / "alerts.toml"
    file.write_text("[in_doubt]\nlimit = 300\n", encoding="utf-8")
    assert read_orders(file)[Rule.IN_DOUBT].limit == 300
    for wrong in ("[in_doubt]\nlimit = -1\n", "not toml", "[no_rule]\n"):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(AlertSetupError, match=r"ALERT_RULES_FILE: .*alerts\.toml"):
            read_orders(file)
    with pytest.raises(AlertSetupError, match="ALERT_RULES_FILE"):
        read_orders(tmp_path / "none.toml")


@pytest.mark.parametrize("hours", ["22-8", "25:00-01:00"])
def test_wrong_quiet_hours_are_refused(hours: str) -> None:
    """Quiet hours that are none keep the process from starting, with the setting's name."""
    with pytest.raises(SettingsError, match="ALERT_QUIET_HOURS: not like"):
        read_settings(AlertSettings, {"DATABASE_URL": "postgresql://x", "ALERT_QUIET_HOURS": hours})
