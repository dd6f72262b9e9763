"""Opening a provider from what the settings say, and telling what an operator should know of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import httpx
import structlog

from gateway.esia.broker import OidcBroker, OidcRules
from gateway.esia.calls import Calls, Origin, check_address, open_calls
from gateway.esia.certificate import read_certificate
from gateway.esia.direct import DirectEsia, DirectRules
from gateway.esia.errors import EsiaSetupError
from gateway.esia.openssl import OpenSsl
from gateway.esia.person import People
from gateway.esia.self_test import Grade, Said, judge_certificate, judge_clock, judge_signer, judge_trust
from gateway.esia.signers.command import CommandSigner
from gateway.esia.signers.http_sidecar import SidecarSigner
from gateway.esia.signers.key_file import check_key_file
from gateway.esia.signers.openssl_gost import OpenSslGostSigner
from gateway.esia.signers.rsa_local import RsaSigner
from gateway.esia.signers.signer import Signer
from gateway.esia.tokens import TokenRules, Tokens
from gateway.esia.trust import Trust
from gateway.ports import Clock

__all__ = ["DirectChannel", "DirectParts", "Ears", "SignerChoice", "open_broker", "open_direct", "watched"]

_LOOK_EVERY: Final = 300.0
_SIGN_SECONDS: Final = 5.0
_log = structlog.stdlib.get_logger("gateway.esia")


@dataclass(frozen=True, slots=True)
class SignerChoice:
    """Who signs, and with what."""

    kind: Literal["rsa_local", "openssl_gost", "command", "http_sidecar"]
    certificate_file: Path
    key_file: Path | None = None
    key_password: bytes | None = field(default=None, repr=False)
    openssl: str = "openssl"
    command: str | None = None
    is_reversed: bool = False
    url: str | None = None
    token_file: Path | None = None


@dataclass(frozen=True, slots=True)
class DirectChannel:
    """Everything that a login with ESIA itself needs."""

    origin: Origin
    rules: DirectRules
    tokens: TokenRules
    trust_dir: Path
    signer: SignerChoice


@dataclass(frozen=True, slots=True)
class Ears:
    """Who wants to hear: how long a signature took, how far ESIA's clock is ahead, when certificates end."""

    signed: Callable[[float], None] = lambda _seconds: None
    clock: Callable[[float], None] = lambda _ahead: None
    certificate: Callable[[str, datetime], None] = lambda _which, _not_after: None


@dataclass(frozen=True, slots=True)
class DirectParts:
    """An open channel: the provider, and the parts that a test looks at."""

    provider: DirectEsia
    channel: DirectChannel
    signer: Signer
    openssl: OpenSsl
    trust: Trust
    calls: Calls

    async def judged(self, now: datetime, offsets: list[float] | None = None) -> list[tuple[str, Said]]:
        """Run the self-test; ESIA itself is asked only where `offsets` hears of its clock."""
        certificate = await asyncio.to_thread(read_certificate, self.channel.signer.certificate_file)
        wants_gost = self.channel.tokens.algorithm != "RS256"
        found = [
            ("certificate", judge_certificate(certificate, now)),
            ("signer", await judge_signer(self.signer, certificate, self.openssl)),
            ("trust", await judge_trust(self.trust, now, wants_gost=wants_gost)),
        ]
        return found if offsets is None else [*found, ("clock", await judge_clock(self.calls, offsets))]


@asynccontextmanager
async def open_direct(channel: DirectChannel, clock: Clock, ears: Ears | None = None) -> AsyncIterator[DirectParts]:
    """Open the channel, calling nobody yet; raise `EsiaSetupError` with what to put right."""
    heard = ears or Ears()
    check_address("ESIA_PUBLIC_URL", channel.rules.public_url)
    openssl = OpenSsl(channel.signer.openssl)
    async with AsyncExitStack() as stack:
        calls = await stack.enter_async_context(open_calls(channel.origin, heard.clock))
        signer = await _signer(channel.signer, openssl, channel.origin.plain_http_to, stack)
        trust = Trust(channel.trust_dir, openssl)
        provider = DirectEsia(
            rules=channel.rules,
            signer=signer,
            openssl=openssl,
            calls=calls,
            tokens=Tokens(trust, channel.tokens),
            people=People(calls, channel.rules.scopes.split()),
            clock=clock,
            signed=heard.signed,
        )
        yield DirectParts(provider, channel, signer, openssl, trust, calls)


@asynccontextmanager
async def open_broker(origin: Origin, rules: OidcRules, clock: Clock, ears: Ears) -> AsyncIterator[OidcBroker]:
    """Prepare to ask a broker; raise `EsiaSetupError`."""
    async with open_calls(origin, ears.clock) as calls:
        yield OidcBroker(rules, calls, clock)


@asynccontextmanager
async def watched(parts: DirectParts, clock: Clock, ears: Ears, every: float = _LOOK_EVERY) -> AsyncIterator[None]:
    """Tell the certificates' ends at the start and every so many seconds; run the self-test beside the start.

    What is unfit is logged and keeps nobody from starting: booking by hand goes on.
    """
    watch = asyncio.create_task(_watch(parts, clock, ears, every))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _watch(parts: DirectParts, clock: Clock, ears: Ears, every: float) -> None:
    await _tell_ends(parts, ears)
    await _test_oneself(parts, clock)
    while True:
        await asyncio.sleep(every)
        await _tell_ends(parts, ears)


async def _test_oneself(parts: DirectParts, clock: Clock) -> None:
    try:
        judged = await parts.judged(clock.now())
    except EsiaSetupError as problem:
        _log.warning("esia_self_test", test="certificate", code="certificate_missing", what_to_do=str(problem))
        return
    for name, said in judged:
        if said.grade is not Grade.FIT:
            _log.warning("esia_self_test", test=name, code=said.code, what_to_do=said.words)


async def _tell_ends(parts: DirectParts, ears: Ears) -> None:
    try:
        ours = await asyncio.to_thread(read_certificate, parts.channel.signer.certificate_file)
        ears.certificate("gosuslugi", ours.not_after)
        wants_gost = parts.channel.tokens.algorithm != "RS256"
        theirs = [one.not_after for one in await parts.trust.certificates() if one.is_gost is wants_gost]
        if theirs:
            ears.certificate("gosuslugi-trust", max(theirs))
    except EsiaSetupError as problem:
        _log.warning("esia_certificates_not_read", what_to_do=str(problem))


async def _signer(
    choice: SignerChoice, openssl: OpenSsl, plain_http_to: tuple[str, ...], stack: AsyncExitStack
) -> Signer:
    certificate = await asyncio.to_thread(read_certificate, choice.certificate_file)
    if choice.kind == "command":
        return CommandSigner.from_template(choice.command or "", is_reversed=choice.is_reversed)
    if choice.kind == "http_sidecar":
        return await _sidecar(choice, "GOST3410_2012_256" if certificate.is_gost else "RS256", plain_http_to, stack)
    if choice.key_file is None:
        raise EsiaSetupError("ESIA_KEY_FILE: нет ключа / no key")
    check_key_file(choice.key_file)
    if certificate.is_gost is not (choice.kind == "openssl_gost"):
        raise EsiaSetupError(
            f"ESIA_SIGNER={choice.kind}: сертификат другого вида / the certificate is of another kind: "
            "openssl_gost for GOST, rsa_local for RSA"
        )
    if choice.kind == "rsa_local":
        return RsaSigner(choice.key_file, choice.certificate_file, choice.key_password)
    return OpenSslGostSigner(choice.key_file, choice.certificate_file, openssl)


async def _sidecar(
    choice: SignerChoice, algorithm: str, plain_http_to: tuple[str, ...], stack: AsyncExitStack
) -> Signer:
    url = choice.url or ""
    check_address("ESIA_SIGN_URL", url, plain_http_to)
    client = await stack.enter_async_context(
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=_SIGN_SECONDS)
    )
    return SidecarSigner(client, url, algorithm, choice.token_file)
