"""Opening a channel to EMIAS from what the settings say."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from gateway.emias.certificate import TlsFiles
from gateway.emias.errors import ChannelError
from gateway.emias.profiles import load_profile
from gateway.emias.soap import SoapEmias
from gateway.emias.tls import client_context
from gateway.ports import Budget, Emias

__all__ = ["EmiasChannel", "open_emias"]


@dataclass(frozen=True, slots=True)
class EmiasChannel:
    """Where EMIAS is and how it is spoken to: a built-in profile's name or a path, the service's URL, our files."""

    profile: str
    url: str
    tls: TlsFiles


@asynccontextmanager
async def open_emias(channel: EmiasChannel, budget: Budget | None = None) -> AsyncIterator[Emias]:
    """Open the channel, calling nobody yet; raise `EmiasSetupError` with what to put right.

    Without a budget the calls are not counted, as befits a single look by hand.
    """
    is_secure = _checked_scheme(channel.url) == "https"
    profile = await asyncio.to_thread(load_profile, channel.profile)
    context = await asyncio.to_thread(client_context, channel.tls) if is_secure else None
    async with await SoapEmias.open(profile, channel.url, context, budget=budget) as emias:
        yield emias


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
