"""Opening a channel to EMIAS from what the settings say."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from gateway.emias.adapter import ContractEmias
from gateway.emias.certificate import TlsFiles
from gateway.emias.errors import ChannelError
from gateway.emias.guard import Guard
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.secrets import secret_names
from gateway.emias.tls import client_context
from gateway.ports import Emias

__all__ = ["EmiasChannel", "open_emias"]


@dataclass(frozen=True, slots=True)
class EmiasChannel:
    """Where EMIAS is and how it is spoken to: a built-in profile's name or a path, the service's URL, our files.

    `institutions` are those that it serves, none for all. Only a channel that is marked so serves a test stand.
    """

    profile: str
    url: str
    tls: TlsFiles
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    institutions: tuple[str, ...] = ()
    is_test_stand: bool = False


@asynccontextmanager
async def open_emias(channel: EmiasChannel, guard: Guard | None = None) -> AsyncIterator[Emias]:
    """Open the channel, calling nobody yet; raise `EmiasSetupError` with what to put right.

    Without a guard nothing is counted or kept back, as befits a single look by hand.
    """
    is_secure = _checked_scheme(channel.url) == "https"
    profile = await asyncio.to_thread(load_profile, channel.profile)
    _check_fit(channel, profile)
    context = await asyncio.to_thread(client_context, channel.tls) if is_secure else None
    async with await ContractEmias.open(profile, channel.url, context, guard=guard, secrets=channel.secrets) as emias:
        yield emias


def _check_fit(channel: EmiasChannel, profile: Profile) -> None:
    """Compare what the profile asks of its channel with what the channel has."""
    if missing := sorted(secret_names(profile) - channel.secrets.keys()):
        names = ", ".join(missing)
        raise ChannelError(f"{profile.title}: нет секретов / secrets are missing: {names}")
    if (profile.test_stand is not None) != channel.is_test_stand:
        raise ChannelError(
            f"{profile.title}: стенд должен быть назван стендом и в профиле, и в канале / a test stand must be called "
            "one by its profile and by its channel: test_stand, EMIAS_TEST_STAND"
        )


def _checked_scheme(url: str) -> str:
    """Return https, or http toward this very machine, where a TLS terminator may stand."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise ChannelError("EMIAS URL: не адрес / not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise ChannelError("EMIAS URL: нужен полный адрес https:// / a full https:// URL is needed")
    if parts.userinfo:
        raise ChannelError("EMIAS URL: без имени и пароля / no user name or password in it")
    if parts.scheme == "http" and not _is_loopback(parts.host):
        raise ChannelError("EMIAS URL: http только к этой же машине / http only toward this very machine")
    return parts.scheme


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
