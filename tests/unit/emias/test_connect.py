"""Channels are checked before anybody is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.emias.certificate import TlsFiles
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.errors import ChannelError, ProfileError, TlsSetupError


@pytest.mark.parametrize(
    "url",
    [
        "http://emias.example/ScheduleService.svc",
        "http://127.0.0.1.example/",
        "http://localhost.example/",
        "ftp://localhost/",
        "emias.example",
        "https://",
        "https://[::1",
        "https://emias.example:port/",
        "https://user:secret@emias.example/",
    ],
)
async def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    """Plain http goes to this machine only, and the refusal does not repeat the address."""
    with pytest.raises(ChannelError) as refusal:
        async with open_emias(EmiasChannel("seed-soap", url, TlsFiles())):
            pass

    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:8443/x", "http://127.0.0.1/x", "http://[::1]:1/x", "https://a.example"]
)
async def test_a_channel_is_opened_without_calling_anybody(url: str) -> None:
    """A terminator on this machine may be spoken to in plain; elsewhere TLS it is."""
    async with open_emias(EmiasChannel("seed-soap", url, TlsFiles())) as emias:
        assert emias.capabilities("0101").horizon_days == 30


async def test_what_is_set_up_wrongly_is_told_by_its_own_error(tmp_path: Path) -> None:
    """Profile and certificates are checked at the opening."""
    with pytest.raises(ProfileError):
        async with open_emias(EmiasChannel("no-such-profile", "https://a.example", TlsFiles())):
            pass
    with pytest.raises(TlsSetupError):
        async with open_emias(EmiasChannel("seed-soap", "https://a.example", TlsFiles(ca_file=tmp_path / "ca.pem"))):
            pass
