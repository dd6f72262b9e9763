"""Opening a channel to EMIAS from what the settings say."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import httpx

from gateway.emias.adapter import ContractEmias
from gateway.emias.certificate import TlsFiles
from gateway.emias.errors import CallFailed, ChannelError
from gateway.emias.guard import Guard
from gateway.emias.profiles import Profile, load_profile
from gateway.emias.profiles.secrets import secret_names
from gateway.emias.renewal import LOOK_EVERY, CertificateNews, Renewal, look_at, read_certificate
from gateway.emias.reply import RawReply
from gateway.emias.request import Request
from gateway.emias.transport import Transport
from gateway.ports import Emias

__all__ = ["Ears", "EmiasChannel", "open_emias"]


@dataclass(frozen=True, slots=True)
class EmiasChannel:
    """Where EMIAS is and how it is spoken to: a built-in profile's name or a path, the service's URL, our files.

    `institutions` are those that it serves, none for all. Only a channel that is marked so serves a test stand.
    `sidecar` is the one host beside loopback that may be spoken to in plain HTTP: a TLS terminator of ours.
    """

    profile: str
    url: str
    tls: TlsFiles
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    institutions: tuple[str, ...] = ()
    is_test_stand: bool = False
    sidecar: str | None = None


@dataclass(frozen=True, slots=True)
class Ears:
    """Who wants to hear what: news of our certificate, and every exchange with EMIAS, personal data and all."""

    certificate: Callable[[CertificateNews], None] | None = None
    exchange: Callable[[Request, RawReply | CallFailed], None] | None = None


@asynccontextmanager
async def open_emias(
    channel: EmiasChannel, guard: Guard | None = None, ears: Ears | None = None, *, look_every: float = LOOK_EVERY
) -> AsyncIterator[Emias]:
    """Open the channel, calling nobody yet; raise `EmiasSetupError` with what to put right.

    Without a guard nothing is counted or kept back, as befits a single look by hand. The certificate's files are looked
    at every so many seconds, and taken up anew when they have changed.
    """
    ears = ears or Ears()
    is_secure = _checked_scheme(channel) == "https"
    profile = await asyncio.to_thread(load_profile, channel.profile)
    _check_fit(channel, profile)
    used = look_at(channel.tls)
    context, facts = await asyncio.to_thread(read_certificate, channel.tls) if is_secure else (None, None)
    transport = Transport(channel.url, context, server_name=channel.tls.server_name, overhears=ears.exchange)
    async with await ContractEmias.open(
        profile, channel.url, context, guard=guard, secrets=channel.secrets, transport=transport
    ) as emias:
        heard = ears.certificate or _unheard
        heard(CertificateNews(facts))
        if not is_secure:
            yield emias
            return
        async with _watched(Renewal(channel.tls, transport, used, heard), look_every):
            yield emias


@asynccontextmanager
async def _watched(renewal: Renewal, every: float) -> AsyncIterator[None]:
    watch = asyncio.create_task(renewal.watch(every))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


def _unheard(_news: CertificateNews) -> None:
    """Do without news."""


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


def _checked_scheme(channel: EmiasChannel) -> str:
    """Return https, or http toward this very machine or the named sidecar, where a TLS terminator may stand."""
    try:
        parts = httpx.URL(channel.url)
    except httpx.InvalidURL:
        raise ChannelError("EMIAS URL: не адрес / not a URL") from None
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise ChannelError("EMIAS URL: нужен полный адрес https:// / a full https:// URL is needed")
    if parts.userinfo:
        raise ChannelError("EMIAS URL: без имени и пароля / no user name or password in it")
    if parts.scheme == "http" and parts.host != channel.sidecar and not _is_loopback(parts.host):
        raise ChannelError(
            "EMIAS URL: http только к этой же машине или к терминатору TLS / http only toward this very machine or the "
            "TLS terminator that EMIAS_SIDECAR names"
        )
    return parts.scheme


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
