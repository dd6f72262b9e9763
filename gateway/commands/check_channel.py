"""The checks of one channel to EMIAS: our certificate, the contract, a call."""

from __future__ import annotations

import asyncio
from typing import Final

from gateway.commands.findings import Bad, Finding, Level
from gateway.domain.errors import EmiasFailure
from gateway.domain.outcomes import Cause
from gateway.emias.certificate import certificate_facts
from gateway.emias.connect import EmiasChannel, open_emias
from gateway.emias.contract import check_profile
from gateway.emias.handshake import refusal_in_handshake
from gateway.emias.profiles import load_profile
from gateway.emias.tls_refusals import what_to_do

__all__ = ["check_certificate", "check_contract", "check_emias"]

_WARN_DAYS: Final = 30


async def check_certificate(channel: EmiasChannel) -> Finding:
    """Tell whose certificate we show and how long it lasts."""
    profile = await asyncio.to_thread(load_profile, channel.profile)
    facts = await asyncio.to_thread(certificate_facts, channel.tls)
    if facts is None and not profile.security.certificate:
        return Level.OK, "none, and the profile wants none"
    if facts is None:
        return Level.WARNING, "none configured: EMIAS will most likely refuse the handshake"
    says = f"{facts.subject}, issued by {facts.issuer}, {facts.days_left:.0f} days left"
    if facts.days_left < 0:
        raise Bad(f"expired on {facts.not_after:%Y-%m-%d}: {says}")
    return (Level.WARNING if facts.days_left < _WARN_DAYS else Level.OK), says


async def check_contract(channel: EmiasChannel) -> Finding:
    """Compare the profile with its WSDL."""
    profile = await asyncio.to_thread(load_profile, channel.profile)
    problems = await asyncio.to_thread(check_profile, profile)
    if problems:
        raise Bad("; ".join(problems))
    fits = "every name and path is in the WSDL" if profile.soap else "REST: there is no WSDL to compare it with"
    return Level.OK, f"{profile.title}: {fits}"


async def check_emias(channel: EmiasChannel, lpu_code: str) -> Finding:
    """Shake hands and ask for the version."""
    async with open_emias(channel) as emias:
        try:
            version = await emias.probe(lpu_code)
        except EmiasFailure as failure:
            code = await refusal_in_handshake(channel) if failure.cause is Cause.RESET else failure.code
            advice = what_to_do(code)
            raise Bad(f"{channel.url}: {failure}{f': {code}: {advice}' if advice else ''}") from None
    return Level.OK, f"{channel.url}: handshake accepted, version {version}"
