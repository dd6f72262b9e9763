"""Further channels and secrets, as files say them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.domain.outcomes import Capabilities
from gateway.emias.certificate import TlsFiles
from gateway.emias.channels import read_channels, read_secrets
from gateway.emias.connect import Ears, EmiasChannel, open_emias
from gateway.emias.errors import ChannelError
from gateway.emias.guard import Guard
from gateway.emias.profiles.profile import Limits
from gateway.emias.routing import open_routed

GOOD = """
[[channels]]
profile = "hub-like"
url = "https://hub.example/HubService.svc"
institutions = ["101", "102"]
ca_file = "hub/ca.pem"
secrets_file = "hub.toml"

[[channels]]
profile = "own/profile.toml"
url = "https://own.example/"
institutions = ["303"]
test_stand = true
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a file of two channels and its secrets."""
    (tmp_path / "hub.toml").write_text('guid = "g-1"', encoding="utf-8")
    path = tmp_path / "channels.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_channel_is_what_the_file_says(file: Path) -> None:
    """Paths are relative to the file, names of shipped profiles stay, secrets are read and never print."""
    hub, own = read_channels(file)

    assert (hub.profile, hub.institutions, hub.tls.ca_file) == ("hub-like", ("101", "102"), file.parent / "hub/ca.pem")
    assert (dict(hub.secrets), hub.is_test_stand) == ({"guid": "g-1"}, False)
    assert (own.profile, own.is_test_stand) == (str(file.parent / "own/profile.toml"), True)
    assert "g-1" not in repr(hub)


@pytest.mark.parametrize(
    ("good", "bad", "told"),
    [
        ('url = "https://own.example/"', "", "channels[1]"),
        ("test_stand = true", 'test_stand = "yes"', "test_stand"),
        ("test_stand = true", "tls = true", "tls"),
        ('["303"]', '["101"]', "101"),
        ('["303"]', "[]", "channels[1].institutions"),
        ("[[channels]]", "[[channels]", "TOML"),
        ("hub.toml", "nowhere.toml", "nowhere.toml"),
    ],
)
def test_what_is_wrong_is_named(file: Path, good: str, bad: str, told: str) -> None:
    """The key, the code or the file at fault stands in the error."""
    text = file.read_text(encoding="utf-8")
    assert good in text
    file.write_text(text.replace(good, bad, 1), encoding="utf-8")

    with pytest.raises(ChannelError) as error:
        read_channels(file)

    assert told in str(error.value)


@pytest.mark.parametrize("text", ['guid = ""', "guid = 7", "guid = [", 'guid = { a = "s-1" }'])
def test_secrets_are_texts_and_are_not_repeated(tmp_path: Path, text: str) -> None:
    """A file of secrets that is wrong is told without its values."""
    file = tmp_path / "secrets.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ChannelError) as error:
        read_secrets(file)

    assert "s-1" not in str(error.value)


@pytest.mark.parametrize(
    "channel",
    [
        EmiasChannel("hub-like", "https://hub.example/", TlsFiles()),
        EmiasChannel("seed-soap", "https://a.example/", TlsFiles(), is_test_stand=True),
    ],
)
async def test_a_channel_that_does_not_fit_its_profile_is_not_opened(channel: EmiasChannel) -> None:
    """A missing secret, and a test stand that only one of the two calls so, are told at the start."""
    with pytest.raises(ChannelError):
        async with open_emias(channel):
            pass


async def test_each_institution_has_its_own_contract() -> None:
    """Those that a channel names are spoken to by its profile, all others by the main one's."""
    main = EmiasChannel("seed-soap", "https://main.example/", TlsFiles())
    hub = EmiasChannel("hub-like", "https://hub.example/", TlsFiles(), {"guid": "g"}, ("101",))
    granted: list[Limits] = []

    def guard_for(limits: Limits) -> Guard:
        granted.append(limits)
        return Guard()

    async with open_routed([main, hub], guard_for, lambda _: Ears()) as emias:
        assert emias.capabilities("0101").returns_appointment_id
        assert emias.capabilities("101") == Capabilities(
            lookup=True, cancel=True, returns_appointment_id=False, lists_busy_slots=False, horizon_days=14
        )
    assert granted == [Limits(), Limits()]
