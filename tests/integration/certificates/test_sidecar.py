"""Plain HTTP: to this machine, to one named terminator of TLS, and to nobody else."""

from __future__ import annotations

import pytest

from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.errors import ChannelError
from gateway.settings import ChannelSettings, SettingsError, read_settings
from gateway.wiring import emias_channel


def _channel(**environment: str) -> EmiasChannel:
    return emias_channel(read_settings(ChannelSettings, environment))


async def test_the_named_terminator_may_be_spoken_to_in_plain() -> None:
    """The host that the settings name is taken, without any certificate of ours."""
    channel = _channel(EMIAS_URL="http://emias-tls:8444/ScheduleService.svc", EMIAS_SIDECAR="emias-tls")

    async with open_emias(channel) as emias:
        assert emias.capabilities("0101").lookup


@pytest.mark.parametrize("sidecar", ["", "emias-tls", "emias"])
def test_another_host_is_refused_by_the_settings(sidecar: str) -> None:
    """A name that is only like it is not it."""
    with pytest.raises(SettingsError, match="EMIAS_URL"):
        _channel(EMIAS_URL="http://emias-tls.example/ScheduleService.svc", EMIAS_SIDECAR=sidecar)


async def test_another_host_is_refused_by_the_channel() -> None:
    """A channel of the file is held to the same."""
    with pytest.raises(ChannelError, match="EMIAS_SIDECAR"):
        async with open_emias(EmiasChannel("seed-soap", "http://emias.example/", TlsFiles(), sidecar="emias-tls")):
            pass
